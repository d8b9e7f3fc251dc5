import type { Catalog, Subject } from './catalog.ts';
import type { Moment } from './moment.ts';
import type { Presence } from './presence.ts';

/** A series missing for so many cycles, a week of minutes, was taken away: it is not waited for any more. */
export const forgottenAfter = 10_080;

/** What cannot be told apart from health in one cycle, because it cannot be seen. By the places of metrics. */
export interface Unseen {
  /** How many series answered. */
  answered: Int32Array;
  /** 1 where a metric cannot be read: nothing of it says anything. */
  unread: Uint8Array;
}

/**
 * Which metrics cannot be read: the source said so, or none of their series answers any more. A metric whose every
 * subject is dead, and one of a single subject that answers otherwise, is no matter of reading: that is what it measures.
 */
export function unseenIn(
  moment: Moment,
  catalog: Catalog,
  presence: Presence,
  unread: readonly string[],
): Unseen {
  const { metrics, metricOf, slotsOf, subjectOf, subjects } = catalog;
  const answered = new Int32Array(metrics.length);
  for (const slot of moment.slots) {
    const metric = metricOf[slot] as number;
    if (metric >= 0) answered[metric] = (answered[metric] as number) + 1;
  }
  const isGone = (place: number) => {
    const waited = (slotsOf[place] ?? []).filter((slot) => isExpected(presence, slot));
    const of = [...new Set(waited.map((slot) => subjects[subjectOf[slot] as number] as Subject))];
    if (of.length === 0 || of.every((one) => isDead(one))) return false;
    return of.length > 1 || !of.some((one) => answers(one, moment));
  };
  const isDead = (subject: Subject) =>
    !answers(subject, moment) &&
    subject.slots.some(
      (slots, metric) => (answered[metric] as number) > 0 && slots.some((slot) => isExpected(presence, slot)),
    );
  return {
    answered,
    unread: Uint8Array.from(metrics, ({ name }, place) =>
      unread.includes(name) || (answered[place] === 0 && isGone(place)) ? 1 : 0,
    ),
  };
}

/** Whether any series of a subject answers. */
export function answers({ slots }: Subject, { value }: Moment): boolean {
  return slots.some((of) => of.some((slot) => !Number.isNaN(value[slot])));
}

/** Whether a series ought to answer: it always did, and is not taken for taken away. */
export function isExpected({ steady, missing }: Presence, slot: number): boolean {
  return steady[slot] === 1 && (missing[slot] as number) < forgottenAfter;
}
