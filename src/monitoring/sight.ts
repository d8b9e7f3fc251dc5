import type { Inventory } from '../inventory/inventory.ts';
import type { Columns, Numbered } from '../systems/prometheus/columns.ts';
import type { Anomaly } from './anomaly.ts';
import type { Calendar } from './calendar.ts';
import { type Detector, openDetector, type SeriesSettings, type Verdicts } from './detector/detector.ts';
import type { Compound } from './fusion/compound.ts';
import type { Fused } from './fusion/evidence.ts';
import { type Episode, openFusion } from './fusion/fuse.ts';
import { type Glanced, overwrite, pick } from './glance.ts';
import { type Metric, seriesName } from './metric.ts';
import { atOnce } from './steps.ts';

/** What one cycle showed. */
export interface Seen {
  /** Everything that is wrong now, one for each cause, the most severe first. */
  open: Compound[];
  /** What was wrong in the cycle before and is no longer; `into` is the key of what it turned out to be part of. */
  recovered: { key: string; into: string | null }[];
  /** Every series beyond what is usual, the worst first. */
  unusual: Anomaly[];
  /** The detector's slot of each series that answered, and what it said of it; both are used again by the next cycle. */
  slots: Int32Array;
  verdicts: Verdicts;
}

/** Is told of each sample of the past: the detector's slot, unix seconds, and σ above what was usual until then. */
export type Learnt = (slot: number, at: number, z: number) => void;

/** Sees what is wrong in a cycle's values: what is usual is learnt as they come. */
export interface Sight {
  detector: Detector;
  /** Learns the past of one series, oldest first, as unix seconds and values, without judging it. */
  learn(one: Numbered, values: [number, number][], learnt?: Learnt): void;
  /** How values stand against what is usual at unix seconds `at`; learns nothing. Of series never seen nothing is said. */
  weigh(at: number, read: Columns, series: readonly Numbered[]): Anomaly[];
  /** What is usual of a series at unix seconds `at`, and how far that varies; NaN when it was never seen. */
  usual(at: number, one: Numbered): { mean: number; deviation: number };
  /** One cycle at unix seconds `at`; `series` says what the numbers in `read` are about. Call it in order. */
  see(at: number, read: Columns, series: readonly Numbered[]): Seen;
  /** The same in steps of some milliseconds each. */
  seeing(at: number, read: Columns, series: readonly Numbered[]): Generator<void, Seen>;
  /**
   * A look between two cycles, at the series of these subjects alone (`server:db-01`), in steps: they are judged and
   * learnt, everything else stays as the last cycle saw it. `open` is all that is open; a series that is new waits for
   * the next cycle.
   */
  glancing(
    at: number,
    read: Columns,
    series: readonly Numbered[],
    only: ReadonlySet<string>,
  ): Generator<void, Pick<Seen, 'open' | 'unusual'>>;
  /** What is open, for the next start. */
  episodes(): Episode[];
}

interface Settings {
  metrics: Metric[];
  inventory: Inventory;
  calendar: Calendar;
  /** What was open before a restart. */
  before?: Episode[];
}

/** Opens the way from values to what is wrong: detector, then fusion. Pure but for what it learns and remembers. */
export function openSight({ metrics, inventory, calendar, before }: Settings): Sight {
  const detector = openDetector(calendar);
  const fusion = openFusion(inventory, undefined, before);
  const kinds = new Map(metrics.map((metric) => [metric.name, metric]));
  // One for all series of a metric, unless the calendar tells their subjects apart: they may be 240,000.
  const shared = new Map(metrics.map((metric) => [metric.name, settingsOf(metric)]));
  const apart = [...calendar.batch_jobs, ...calendar.releases].some(({ subjects }) => subjects !== undefined);
  const settings = ({ metric, subject }: Numbered): SeriesSettings => {
    const all = shared.get(metric) ?? { metric, bad: 'either' };
    return apart ? { ...all, subject } : all;
  };
  // By the number of a series.
  const slots: number[] = [];
  const places: number[] = [];
  let last: Glanced | undefined;

  /** Enters the series that are new. */
  function* entering(series: readonly Numbered[]): Generator<void, void> {
    if (series.length > slots.length) detector.reserve(series.length);
    for (let nth = slots.length; nth < series.length; nth += 1) {
      const one = series[nth] as Numbered;
      const metric = kinds.get(one.metric);
      slots.push(detector.slotOf(keyOf(one), settings(one)));
      places.push(metric ? fusion.slotOf(fusedOf(one, metric)) : -1);
      if (nth % enteredAtOnce === 0) yield;
    }
  }

  function anomalyAt(
    { metric, subject }: Numbered,
    place: number,
    read: Columns,
    verdicts: Verdicts,
  ): Anomaly {
    return {
      ...{ metric, subject, about: kinds.get(metric)?.about ?? 'server' },
      value: read.values[place] as number,
      mean: verdicts.mean[place] as number,
      deviation: verdicts.deviation[place] as number,
      z: verdicts.z[place] as number,
      band: verdicts.band[place] === 2 ? 'critical' : 'watch',
      learning: verdicts.learning[place] === 1,
    };
  }

  function unusualIn(read: Columns, series: readonly Numbered[], verdicts: Verdicts): Anomaly[] {
    const unusual: Anomaly[] = [];
    for (let nth = 0; nth < read.series.length; nth += 1)
      if ((verdicts.band[nth] as number) > 0)
        unusual.push(anomalyAt(series[read.series[nth] as number] as Numbered, nth, read, verdicts));
    return unusual.sort((a, b) => b.z - a.z);
  }

  function* seeing(at: number, read: Columns, series: readonly Numbered[]): Generator<void, Seen> {
    yield* entering(series);
    const own = slotsOf(read, slots);
    const verdicts = yield* detector.observing(at, own, read.values);
    last = { read, verdicts };
    const told = yield* fusion.fusing(at, slotsOf(read, places), { value: read.values, ...verdicts });
    yield;
    return { ...told, unusual: unusualIn(read, series, verdicts), slots: own, verdicts };
  }

  function* glancing(
    at: number,
    read: Columns,
    series: readonly Numbered[],
    only: ReadonlySet<string>,
  ): Generator<void, Pick<Seen, 'open' | 'unusual'>> {
    if (!last) return { open: [], unusual: [] };
    const keyOf = ({ metric, subject }: Numbered) => `${kinds.get(metric)?.about ?? 'server'}:${subject}`;
    const { picked, into } = pick(read, last.read, (number) => only.has(keyOf(series[number] as Numbered)));
    const verdicts = yield* detector.observing(at, slotsOf(picked, slots), picked.values, true);
    overwrite(last, { read: picked, verdicts }, into);
    const readings = { value: last.read.values, ...last.verdicts };
    const { open } = yield* fusion.fusing(at, slotsOf(last.read, places), readings, only);
    return { open, unusual: unusualIn(picked, series, verdicts) };
  }

  return {
    detector,
    learn: (one, values, learnt = () => {}) => {
      const slot = detector.slotOf(keyOf(one), settings(one));
      for (const [at, value] of values) learnt(slot, at, detector.learn(at, slot, value));
    },
    weigh: (at, read, series) => {
      atOnce(entering(series));
      const verdicts = detector.weigh(at, slotsOf(read, slots), read.values);
      const weighed: Anomaly[] = [];
      read.series.forEach((number, nth) => {
        if (Number.isFinite(verdicts.z[nth]))
          weighed.push(anomalyAt(series[number] as Numbered, nth, read, verdicts));
      });
      return weighed;
    },
    usual: (at, one) => {
      const { slots: entered, state } = detector.book;
      const slot = entered.get(keyOf(one));
      if (slot === undefined || state.count[slot] === 0) return { mean: Number.NaN, deviation: Number.NaN };
      const { mean, deviation } = detector.weigh(at, Int32Array.of(slot), Float64Array.of(Number.NaN));
      return { mean: mean[0] as number, deviation: deviation[0] as number };
    },
    see: (at, read, series) => atOnce(seeing(at, read, series)),
    seeing,
    glancing,
    episodes: fusion.episodes,
  };
}

/** So many series are new to detector and fusion within a step. */
const enteredAtOnce = 5_000;

/** What is known by number, at the places of what was read. */
function slotsOf({ series }: Columns, known: number[]): Int32Array {
  const slots = new Int32Array(series.length);
  for (let nth = 0; nth < series.length; nth += 1) slots[nth] = known[series[nth] as number] as number;
  return slots;
}

/** Joined, because a text put together by + keeps all of its pieces in memory. */
function keyOf({ metric, subject, part }: Numbered): string {
  return [metric, subject, part].join('\n');
}

/** How a metric's series are judged. */
function settingsOf({ name, bad, least_deviation, floor, watch_at, critical_at }: Metric): SeriesSettings {
  return { metric: name, bad, least_deviation, floor, static: { watch: watch_at, critical: critical_at } };
}

/** A part is the service called, else a series of its own of the same subject. */
function fusedOf({ subject, part }: Numbered, { name, about, role, calls }: Metric): Fused {
  if (calls !== undefined && part !== '')
    return { metric: name, about, subject, role: role ?? 'outcome', callee: part };
  const metric = seriesName(name, part);
  return { metric, about, subject, role: role ?? (about === 'server' ? 'internal' : 'outcome') };
}
