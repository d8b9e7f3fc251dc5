import type { Anomaly } from '../anomaly.ts';
import type { Finding } from '../finding.ts';
import { listed } from './blind.ts';
import type { Catalog, Subject } from './catalog.ts';
import { answers, forgottenAfter, isExpected } from './unseen.ts';
import type { View } from './view.ts';

/** Missing for so many cycles, a series has vanished. */
const hold = 3;
/** What is left of a dead target may go on for a rate's interval of four cycles: only then is it told that a part is gone. */
const partHold = 6;
/** So many subjects gone at once have one cause, and it is none of them. */
const many = 10;
const mostMembers = 50;

/** Subjects that vanished in one cycle, and their series that did. */
interface Gone {
  finding: Finding;
  subjects: Set<number>;
  slots: Set<number>;
}

type Usual = (slot: number, at: number) => { mean: number; deviation: number };

/**
 * Finds servers and services of which series are gone that always answered: one finding a subject, or one for many at
 * once, until all of it answers again or is forgotten. What a metric measures of containers comes and goes, and a
 * metric that cannot be read says nothing. `before` is what was open before a restart.
 */
export function openVanished(
  catalog: Catalog,
  usual: Usual,
  before: Finding[] = [],
): (view: View) => Finding[] {
  const { subjects, subjectOf, metricOf, metrics } = catalog;
  const open: Gone[] = before.map((finding) => {
    const slots = finding.members.flatMap((member) => catalog.slotOf(member) ?? []);
    return { finding, subjects: new Set(slots.map((slot) => subjectOf[slot] ?? -1)), slots: new Set(slots) };
  });

  /** Series that ought to answer and do not, by the place of their subject. */
  function missing({ presence, unseen }: View): Map<number, number[]> {
    const found = new Map<number, number[]>();
    for (let slot = 0; slot < subjectOf.length; slot += 1) {
      if (presence.missing[slot] === 0 || !isExpected(presence, slot)) continue;
      const metric = metricOf[slot] as number;
      if (metric < 0 || unseen.unread[metric] === 1 || metrics[metric]?.workload !== undefined) continue;
      const subject = subjectOf[slot] as number;
      found.set(subject, [...(found.get(subject) ?? []), slot]);
    }
    return found;
  }

  function isDue(subject: number, slots: number[], { presence, moment }: View): boolean {
    const longest = Math.max(...slots.map((slot) => presence.missing[slot] as number));
    return longest >= partHold || (longest >= hold && !answers(subjects[subject] as Subject, moment));
  }

  function memberOf(slot: number, { moment }: View): Anomaly {
    const { mean, deviation } = usual(slot, moment.at);
    const [value] = [moment.last[slot] as number, mean, 0].filter(Number.isFinite);
    return catalog.member(slot, {
      value: value ?? 0,
      mean: finite(mean),
      deviation: finite(deviation),
      z: 0,
      learning: false,
    });
  }

  function told(places: number[], slots: number[], view: View): Finding {
    const all = places
      .map((place) => subjects[place] as Subject)
      .sort((a, b) => a.criticality - b.criticality);
    const first = all[0] as Subject;
    const whole = all.some((one) => !answers(one, view.moment));
    const members = slots.slice(0, mostMembers).map((slot) => memberOf(slot, view));
    const { metric = '', value = 0, mean = 0, deviation = 0 } = members[0] ?? {};
    return {
      ...{ kind: 'vanished', key: all.length === 1 ? first.key : `${first.key}+${all.length - 1}` },
      ...{
        band: whole ? 'critical' : 'watch',
        service: first.service,
        server: first.server,
        learning: false,
        members,
      },
      because: [
        all.length === 1 ? why(first, slots, whole) : whyMany(all),
        'What does not answer is not known to be healthy.',
      ],
      ...{ metric: whole ? 'everything' : metric, value, mean, deviation, z: 0 },
      severity: whole ? Number.POSITIVE_INFINITY : 4,
    };
  }

  function why(subject: Subject, slots: number[], whole: boolean): string {
    if (whole) return `${subject.id} no longer answers: none of its ${slots.length} series does.`;
    const of = subject.slots.flat().length;
    const names = slots.map(
      (slot) => catalog.member(slot, { value: 0, mean: 0, deviation: 0, z: 0, learning: false }).metric,
    );
    return `${slots.length} of the ${of} series of ${subject.id} no longer answer: ${listed(names)}.`;
  }

  return (view) => {
    const now = missing(view);
    for (const one of open) {
      for (const subject of one.subjects) for (const slot of now.get(subject) ?? []) one.slots.add(slot);
      for (const slot of one.slots) if (isOver(slot, view)) one.slots.delete(slot);
      const [only] = one.subjects;
      if (one.subjects.size === 1 && only !== undefined && one.slots.size > 0 && now.has(only))
        one.finding = told([only], [...one.slots], view);
    }
    open.splice(0, open.length, ...open.filter(({ slots }) => slots.size > 0));
    const known = new Set(open.flatMap((one) => [...one.subjects]));
    const due = [...now].filter(([subject, slots]) => !known.has(subject) && isDue(subject, slots, view));
    const groups = due.length > many ? [due] : due.map((one) => [one]);
    for (const group of groups) {
      const places = group.map(([subject]) => subject);
      const slots = group.flatMap(([, of]) => of);
      open.push({ finding: told(places, slots, view), subjects: new Set(places), slots: new Set(slots) });
    }
    return open.map(({ finding }) => finding);
  };
}

function isOver(slot: number, { moment, presence }: View): boolean {
  return !Number.isNaN(moment.value[slot]) || (presence.missing[slot] as number) >= forgottenAfter;
}

function whyMany(all: Subject[]): string {
  const names = listed(all.map(({ id }) => id));
  return `${all.length} servers and services no longer answer, from one cycle on: ${names}. Look for what they have in common, such as a network or how targets are found.`;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
