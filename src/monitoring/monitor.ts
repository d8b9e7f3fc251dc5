import type { Db } from '../postgres/database.ts';
import type { Cycle, Source } from '../systems/prometheus/source.ts';
import type { Anomaly } from './anomaly.ts';
import { keepBaselines } from './baseline/keep.ts';
import { type Finding, foundBy } from './finding.ts';
import type { Lookout } from './lookout/lookout.ts';
import type { Metric } from './metric.ts';
import type { Reading } from './reading.ts';
import type { Sight } from './sight.ts';
import { inTurns } from './steps.ts';

export interface Scraped {
  readings: Reading[];
  /** Metrics that could not be read, each a sentence: missing data is said, never read as healthy. */
  missing: string[];
}

/** One cycle: what was found, and what it was seen in. */
export interface Looked extends Pick<Cycle, 'missing' | 'series' | 'values'> {
  findings: Finding[];
  /** Every series beyond what is usual, the worst first. */
  unusual: Anomaly[];
}

export interface Monitor {
  metrics: Metric[];
  cycleMs: number;
  /** Reads every metric as it is at `now` beside what is usual. Learns nothing. */
  scrape(now: Date): Promise<Scraped>;
  /** What is usual of one subject at a time and how far that varies, in the metric's unit; NaN where it is not known. */
  usualAt(metric: string, subject: string, at: Date, part?: string): { mean: number; deviation: number };
  /** One cycle: reads, judges and learns every metric as it is at `now`. */
  look(now: Date): Promise<Looked>;
  /** Between two cycles: the same of these subjects alone, such as `server:db-01`; only anomalies are looked for. */
  glance(now: Date, only: ReadonlySet<string>): Promise<Looked>;
  /** Keeps what is usual, once an hour is over. */
  keep(db: Db, now: Date): Promise<void>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;

/**
 * A monitor of these metrics: a source to read from, a sight that has learnt what is usual, and a lookout for all that
 * is no anomaly; without one, only anomalies are found.
 */
export function openMonitor(
  source: Pick<Source, 'cycle' | 'series' | 'close'>,
  sight: Sight,
  metrics: Metric[],
  cycleMs: number,
  lookout?: Lookout,
): Monitor {
  const kinds = new Map(metrics.map((metric) => [metric.name, metric]));
  // The source reads one cycle at a time, and several ask.
  let reading: Promise<unknown> = Promise.resolve();
  const read = (at: Date): Promise<Cycle> => {
    const next = reading.then(() => source.cycle(at));
    reading = next.catch(() => {});
    return next;
  };
  let kept: number | undefined;
  return {
    metrics,
    cycleMs,
    scrape: async (now) => {
      const cycle = await read(now);
      const weighed = sight.weigh(now.getTime() / 1_000, cycle, source.series);
      const readings = weighed.map(({ band: _, learning: __, ...one }) => {
        const { says = one.metric, unit = '' } = kinds.get(one.metric) ?? {};
        return { ...one, says, unit };
      });
      return { readings, missing: cycle.missing };
    },
    usualAt: (metric, subject, at, part = '') => sight.usual(at.getTime() / 1_000, { metric, subject, part }),
    look: async (now) => {
      const at = now.getTime() / 1_000;
      const cycle = await read(now).catch((error) => unreadable(metrics, error));
      const seen = await inTurns(sight.seeing(at, cycle, source.series));
      const besides = lookout ? await inTurns(lookout.seeing(at, cycle, seen)) : [];
      const { missing, series, values } = cycle;
      return {
        missing,
        series,
        values,
        unusual: seen.unusual,
        findings: [...seen.open.map(foundBy), ...besides],
      };
    },
    glance: async (now, only) => {
      const at = now.getTime() / 1_000;
      const cycle = await read(now).catch((error) => unreadable(metrics, error));
      const { open, unusual } = await inTurns(sight.glancing(at, cycle, source.series, only));
      const { missing, series, values } = cycle;
      return { missing, series, values, unusual, findings: open.map(foundBy) };
    },
    keep: async (db, now) => {
      const hour = Math.floor(now.getTime() / hourMs);
      kept ??= hour;
      if (hour === kept) return;
      await keepBaselines(db, sight.detector.book, now.getTime() / 1_000);
      await lookout?.keep(db);
      kept = hour;
    },
    close: () => source.close(),
  };
}

/** A cycle of which nothing could be read is one that shows nothing, which is said. */
function unreadable(metrics: Metric[], error: unknown): Cycle {
  return {
    ...{ series: new Int32Array(0), values: new Float64Array(0), unread: metrics.map(({ name }) => name) },
    missing: [`No metric could be read: ${error instanceof Error ? error.message : error}`],
  };
}
