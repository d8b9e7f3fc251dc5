import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { openEstate } from '../../src/estate/estate.ts';
import type { Db } from '../../src/postgres/database.ts';
import { openAwx } from '../../src/systems/awx/read.ts';
import { openAwxLauncher } from '../../src/systems/awx/write.ts';
import { openJaeger } from '../../src/systems/jaeger/read.ts';
import { openLoki } from '../../src/systems/loki/read.ts';
import { openPrometheus } from '../../src/systems/prometheus/read.ts';

/** A Friday morning: the tests' clock stands still until they move it. */
export const friday = new Date('2026-11-20T10:17:03.120Z');

/** The company on this database, with the real clients in front of it and a clock to move. */
export async function reopen(db: Db, { at = friday, speed = 1, seed = 1 } = {}) {
  const clock = { at };
  const estate = await openEstate({ db, now: () => clock.at, speed, seed, token: 'let-me-in' });
  onTestFinished(estate.close);
  const awxAccess = { url: estate.awxUrl, token: estate.awxToken };
  return {
    estate,
    prometheus: openPrometheus({ url: estate.prometheusUrl }),
    loki: openLoki({ url: estate.lokiUrl }),
    jaeger: openJaeger({ url: estate.jaegerUrl }),
    awx: { ...openAwx(awxAccess), ...openAwxLauncher(awxAccess) },
    now: () => clock.at,
    /** Moves the clock on by seconds of the company's own pace. */
    pass: (seconds: number) => {
      clock.at = new Date(clock.at.getTime() + (seconds * 1000) / speed);
      return clock.at;
    },
  };
}

/** The same, nothing ever having broken. */
export async function openCompany(db: Db, given: Parameters<typeof reopen>[1] = {}) {
  await sql`truncate estate_fault, estate_job, estate_host, estate_account restart identity`.execute(db);
  return reopen(db, given);
}

export type Company = Awaited<ReturnType<typeof reopen>>;

export interface Baseline {
  mean: number;
  deviation: number;
}

/** The mean and deviation of the values of each hour of the week. */
export function hourly(values: [at: number, value: number][]): Map<number, Baseline> {
  const hours = Map.groupBy(values, ([at]) => hourOfWeek(at));
  return new Map([...hours].map(([hour, pairs]) => [hour, spread(pairs.map(([, value]) => value))]));
}

/** How many deviations a value at `at` (unix seconds) lies from what is usual at that hour. */
export function score(baselines: Map<number, Baseline>, at: number, value: number): number {
  const { mean, deviation } = baselines.get(hourOfWeek(at)) ?? { mean: Number.NaN, deviation: Number.NaN };
  return (value - mean) / deviation;
}

function hourOfWeek(at: number): number {
  return Math.floor(at / 3600) % 168;
}

function spread(values: number[]): Baseline {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
