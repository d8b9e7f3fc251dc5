import type { Finding } from '../finding.ts';
import type { Catalog, Subject } from './catalog.ts';
import type { Moment } from './moment.ts';
import type { Sample } from './sample.ts';
import {
  emptyTogether,
  fitTogether,
  type Kept,
  type Moved,
  observeTogether,
  recallTogether,
  type Together,
  togetherSettings,
} from './together.ts';
import { answers } from './unseen.ts';
import type { View } from './view.ts';

/** A subject is looked at once in so many cycles, and in each while something may be wrong with it. */
const every = 5;
/** Models made in one cycle, at some milliseconds each. */
const mostMade = 25;
/** Subjects within a step. */
const lookedAtAtOnce = 500;
/** A broken relation is over after so many looks below this share of what breaks it. */
const calm = 10;
const stay = 0.75;

export interface Relations {
  /** One cycle, in steps. */
  seeing(view: View): Generator<void, Finding[]>;
  /** Models fitted since this was last asked, for the next start. */
  fitted(): { key: string; kept: Kept }[];
}

interface Watched {
  nth: number;
  subject: Subject;
  /** Places of the metrics its model is about. */
  metrics: number[];
  state: Together | undefined;
  /** What is found; `calm` counts looks at which it was not. */
  open: { finding: Finding; calm: number } | undefined;
  keptAt: number;
}

interface Begin {
  /** Models of before a restart, by subject. */
  kept: ReadonlyMap<string, Kept>;
  /** What the history showed. */
  sample: Sample | undefined;
  /** What was open before a restart. */
  before: Finding[];
}

type Usual = (slot: number, at: number) => { mean: number; deviation: number };

/**
 * Watches how the metrics of each server and each service move together. Where something is open already, and while a
 * metric cannot be read, nothing is judged nor learnt.
 */
export function openRelations(catalog: Catalog, usual: Usual, { kept, sample, before }: Begin): Relations {
  const all = catalog.subjects.map((subject, nth): Watched => {
    const finding = before.find(({ key }) => key === subject.key);
    return { nth, subject, metrics: [], state: undefined, open: finding && { finding, calm: 0 }, keptAt: 0 };
  });
  let held = sample;

  /** Where it has none, it gets a model: what was kept, what the history showed, or an empty one. */
  function make(one: Watched, moment: Moment): void {
    const metrics = measured(one.subject, moment);
    const names = metrics.map((place) => catalog.metrics[place]?.name ?? '');
    const known = kept.get(one.subject.key);
    const same = known && known.metrics.join() === names.join() ? known : undefined;
    const fresh = () => {
      const rows = held?.rowsOf(metrics.map((place) => one.subject.slots[place] ?? [])) ?? [];
      return rows.length > 0 ? fitTogether(names, rows, moment.at) : emptyTogether(names);
    };
    one.state = same && one.state === undefined ? recallTogether(same, moment.at) : fresh();
    one.metrics = metrics;
  }

  function look(one: Watched, state: Together, { moment }: View): void {
    const row = one.metrics.map((place) => meanOf(one.subject.slots[place] ?? [], moment.z));
    if (row.filter(Number.isFinite).length * 2 < row.length) return;
    const moved = observeTogether(state, moment.at, row);
    if (moved.kind === 'learning') return;
    if (moved.kind === 'broken')
      one.open = { finding: one.open?.finding ?? told(one, moved, moment), calm: 0 };
    else if (one.open && moved.sigma < stay * togetherSettings.broken) {
      one.open.calm += 1;
      if (one.open.calm >= calm) one.open = undefined;
    }
  }

  function told(
    { subject, metrics, state }: Watched,
    moved: Extract<Moved, { kind: 'broken' }>,
    moment: Moment,
  ): Finding {
    const slots = moved.metrics.flatMap((name) => {
      const place = metrics.find((each) => catalog.metrics[each]?.name === name);
      return worstOf(place === undefined ? [] : (subject.slots[place] ?? []), moment.z);
    });
    const members = slots.map((slot) => {
      const z = Math.abs(moment.z[slot] as number);
      const learning = moment.learning[slot] === 1;
      return catalog.member(slot, {
        value: moment.value[slot] as number,
        ...usual(slot, moment.at),
        z,
        learning,
      });
    });
    const young = (state?.metrics ?? []).some((_, nth) =>
      (subject.slots[metrics[nth] ?? -1] ?? []).some((slot) => moment.learning[slot] === 1),
    );
    return {
      ...{
        kind: 'relation',
        key: subject.key,
        band: 'watch',
        service: subject.service,
        server: subject.server,
      },
      ...{ learning: young, members, because: [moved.because] },
      ...{
        metric: 'relation',
        value: moved.sigma,
        mean: 0,
        deviation: 1,
        z: moved.sigma,
        severity: moved.sigma,
      },
    };
  }

  return {
    *seeing(view) {
      const { moment, cycle } = view;
      const busy = busyIn(view);
      const seesAll = view.unseen.unread.every((one) => one === 0);
      let made = 0;
      let without = 0;
      for (const one of all) {
        if (!seesAll) break;
        const due = (cycle + one.nth) % every === 0 || one.open !== undefined || (one.state?.held ?? 0) > 0;
        if (one.nth % lookedAtAtOnce === 0) yield;
        if (one.state && !due) continue;
        const wanted = needsModel(one, moment);
        if (wanted && made < mostMade) {
          make(one, moment);
          made += 1;
        } else if (wanted) without += 1;
        if (one.state && !busy.has(one.subject.key)) look(one, one.state, view);
      }
      if (seesAll && without === 0) {
        held?.drop();
        held = undefined;
      }
      return all.flatMap(({ open }) => (open ? [open.finding] : []));
    },
    fitted: () =>
      all.flatMap((one) => {
        const { state } = one;
        if (!state?.model || state.fittedAt === one.keptAt) return [];
        one.keptAt = state.fittedAt;
        const { metrics, sums, tail, tried } = state;
        return [{ key: one.subject.key, kept: { metrics, sums, tail, tried } }];
      }),
  };
}

/** It has none, or a metric answers that its model does not know. One metric alone moves with nothing. */
function needsModel({ subject, state, metrics }: Watched, moment: Moment): boolean {
  if (!state) return answers(subject, moment) && measured(subject, moment).length > 1;
  return subject.slots.some(
    (slots, place) =>
      slots.length > 0 && !metrics.includes(place) && slots.some((slot) => !Number.isNaN(moment.z[slot])),
  );
}

/** Places of the metrics that answer. */
function measured({ slots }: Subject, { z }: Moment): number[] {
  return slots.flatMap((of, place) => (of.some((slot) => !Number.isNaN(z[slot])) ? [place] : []));
}

/** Where fusion has something open: at its origin and at every member. */
function busyIn({ compounds }: View): Set<string> {
  return new Set(
    compounds.flatMap(({ key, members }) => [
      key,
      ...members.map(({ about, subject }) => `${about}:${subject}`),
    ]),
  );
}

function meanOf(slots: number[], z: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (const slot of slots) {
    const one = z[slot] as number;
    if (Number.isNaN(one)) continue;
    sum += one;
    count += 1;
  }
  return sum / count;
}

function worstOf(slots: number[], z: Float32Array): number[] {
  const [worst] = slots
    .filter((slot) => !Number.isNaN(z[slot]))
    .sort((a, b) => Math.abs(z[b] as number) - Math.abs(z[a] as number));
  return worst === undefined ? [] : [worst];
}
