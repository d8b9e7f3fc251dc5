import { describe, expect, test } from 'vitest';
import {
  emptyTogether,
  fitTogether,
  type Moved,
  observeTogether,
  relationAnomaly,
  type Together,
  togetherSettings,
} from '../../src/monitoring/lookout/together.ts';

const metrics = ['cpu', 'disk_io', 'packet_loss', 'memory', 'network', 'requests', 'latency'];
const day = 1_440;
const start = 1_800_000_000;

/** A healthy server by the minute: a load that comes and goes moves most of it, batches move its disk. */
function serverOf(seed: number) {
  const random = randomOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let [load, batch] = [normal(), normal()];
  return {
    next: () => {
      load = 0.97 * load + Math.sqrt(1 - 0.97 ** 2) * normal();
      batch = 0.9 * batch + Math.sqrt(1 - 0.9 ** 2) * normal();
      return at(load, batch, normal);
    },
    /** What it shows under this load and batch, noise and all. */
    at: (load: number, batch: number) => at(load, batch, normal),
  };
}

function at(load: number, batch: number, normal: () => number): number[] {
  return [
    45 + 14 * load + 3 * normal(),
    40 * Math.exp(0.6 * batch),
    Math.max(0, 0.45 + 0.06 * load + 0.14 * normal()),
    60 + 3 * load + 2 * normal(),
    80 + 25 * load + 6 * batch + 5 * normal(),
    500 + 160 * load + 30 * normal(),
    120 + 20 * load + 6 * normal(),
  ];
}

/** Turns values into signed z against what the history of each metric shows. */
function scorerOf(history: number[][]) {
  const columns = metrics.map((_, nth) => history.map((row) => row[nth] as number));
  const means = columns.map((column) => column.reduce((sum, one) => sum + one, 0) / column.length);
  const deviations = columns.map((column, nth) =>
    Math.sqrt(column.reduce((sum, one) => sum + (one - (means[nth] as number)) ** 2, 0) / column.length),
  );
  return (row: number[]) =>
    row.map((value, nth) => (value - (means[nth] as number)) / (deviations[nth] as number));
}

/** A server that has been watched for three days. */
function learnt(seed: number) {
  const server = serverOf(seed);
  const history = Array.from({ length: 3 * day }, server.next);
  const score = scorerOf(history);
  return { server, score, state: fitTogether(metrics, history.map(score), start) };
}

function cycles(state: Together, rows: number[][]): Moved[] {
  return rows.map((row, nth) => observeTogether(state, start + 60 * (nth + 1), row));
}

describe('a storage controller: CPU 78 %, disk I/O three times as much, packet loss 0.8 %', () => {
  const broken = (usual: number[]) => [78, 120, 0.8, ...usual.slice(3)];

  test.each([1, 2, 3, 4, 5])('each in bounds by itself, together a break (seed %i)', (seed) => {
    const { server, score, state } = learnt(seed);
    const rows = Array.from({ length: 5 }, () => score(broken(server.at(0, 0))));
    for (const z of rows.flatMap((row) => row.slice(0, 3))) expect(Math.abs(z)).toBeLessThan(2.8);
    const told = cycles(state, rows);
    expect(told.map(({ kind }) => kind)).toEqual(['usual', 'broken', 'broken', 'broken', 'broken']);
    const last = told.at(-1);
    if (last?.kind !== 'broken') throw new Error(`It is ${last?.kind}.`);
    expect(last.because).toMatch(/^Each metric is in bounds, but .* above all cpu, /);
    expect(relationAnomaly({ about: 'server', subject: 'db-1' }, last)).toMatchObject({
      ...{ subject: 'db-1', band: 'critical', z: last.sigma },
      metric: expect.stringMatching(/^relation of cpu, /),
    });
  });

  test('the same values one at a time are nothing', () => {
    const { server, score, state } = learnt(6);
    const only = (nth: number, value: number) => {
      const row = server.at(0, 0);
      row[nth] = value;
      return score(row);
    };
    expect(
      cycles(
        state,
        [1, 2, 1, 2].map((nth) => only(nth, nth === 1 ? 120 : 0.8)),
      ).every(isUsual),
    ).toBe(true);
  });

  test('beyond its bounds it is an anomaly of its own, not a broken relation', () => {
    const { server, score, state } = learnt(7);
    const rows = Array.from({ length: 3 }, () => score([130, ...server.at(0, 0).slice(1)]));
    expect(cycles(state, rows).every(isUsual)).toBe(true);
  });

  test('it is over when they move together again', () => {
    const { server, score, state } = learnt(8);
    cycles(
      state,
      Array.from({ length: 5 }, () => score(broken(server.at(0, 0)))),
    );
    expect(observeTogether(state, start + 3_600, score(server.at(0, 0))).kind).toBe('usual');
  });
});

test.each([11, 12, 13])(
  'a healthy server under load, all up together as usual, is left alone (seed %i)',
  (seed) => {
    const { server, score, state } = learnt(seed);
    const rows = Array.from({ length: 60 }, (_, nth) => score(server.at(1.5 + 1.5 * (nth / 60), 0)));
    expect(Math.max(...rows.flat())).toBeGreaterThan(2.5);
    expect(cycles(state, rows).every(isUsual)).toBe(true);
  },
);

test('200 healthy servers over three days: one false alarm at most', () => {
  const seed = 4_242;
  let episodes = 0;
  for (let nth = 0; nth < 200; nth += 1) {
    const { server, score, state } = learnt(seed + nth);
    const told = cycles(
      state,
      Array.from({ length: 3 * day }, () => score(server.next())),
    );
    episodes += told.filter(
      (one, at) => !isUsual(one) && (at === 0 || isUsual(told[at - 1] as Moved)),
    ).length;
  }
  expect(episodes, `seed ${seed}`).toBeLessThanOrEqual(1);
}, 120_000);

describe('what it knows', () => {
  test('with too few rows it says so and nothing else', () => {
    const { server, score } = learnt(21);
    const row = () => score(server.next()).map((z) => Math.max(-3, Math.min(3, z)));
    const state = emptyTogether(metrics);
    const told = cycles(
      state,
      Array.from({ length: togetherSettings.rows - 1 }, () => row()),
    );
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['learning']));
    expect(told.at(-1)).toMatchObject({
      because: '239 of 240 rows are seen of how its 7 metrics move together.',
    });
    const [last, next] = cycles(state, [row(), row()]);
    expect([last?.kind, next]).toEqual([
      'learning',
      {
        kind: 'learning',
        because: '1 of 240 rows have tried what is known of how its 7 metrics move together.',
      },
    ]);
    const after = cycles(
      state,
      Array.from({ length: 240 }, () => row()),
    );
    expect(after.at(-1)?.kind).toBe('usual');
  });

  test('it outlives a restart to the last digit', () => {
    const { server, score, state } = learnt(22);
    const kept = JSON.parse(JSON.stringify(state)) as Together;
    const rows = Array.from({ length: 2 * day }, () => score(server.next()));
    expect(cycles(kept, rows)).toEqual(cycles(state, rows));
    expect(kept).toEqual(state);
  });

  test('a way of moving that lasts is learnt', () => {
    const { server, score, state } = learnt(23);
    const moved = () => score(server.next().map((value, nth) => (nth === 0 ? value + 35 : value)));
    const told = cycles(state, Array.from({ length: 10 * day }, moved));
    const share = (from: number) => told.slice(from, from + day).filter((one) => !isUsual(one)).length / day;
    expect(share(0)).toBeGreaterThan(0.1);
    expect(share(9 * day)).toBeLessThan(0.01);
  });

  test('a missing value, a metric that never varies and one that is there twice do no harm', () => {
    const { server, score } = learnt(24);
    const row = () => {
      const z = score(server.next());
      return [...z, 0, z[0] as number];
    };
    const state = fitTogether([...metrics, 'constant', 'cpu_again'], Array.from({ length: day }, row), start);
    const rows = Array.from({ length: 300 }, (_, nth) => {
      const z = row();
      z[nth % z.length] = Number.NaN;
      return z;
    });
    expect(cycles(state, rows).every(isUsual)).toBe(true);
  });
});

function isUsual({ kind }: Moved): boolean {
  return kind === 'usual';
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
