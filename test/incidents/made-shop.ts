// A made-up shop in the folder shape of RCAEval and RCD: thirteen containers, a reading a second, rates over 45 s, and one
// fault a run. Not a copy of any data set.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const services = ['front-end', 'carts', 'catalogue', 'orders', 'payment', 'shipping', 'user'];
const others = ['carts-db', 'catalogue-db', 'orders-db', 'user-db', 'rabbitmq', 'queue-master'];
const calls: Record<string, string[]> = {
  'front-end': ['carts', 'catalogue', 'orders', 'user'],
  orders: ['carts', 'payment', 'shipping', 'user'],
};

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

type Layout = 'split' | 'whole';

export interface Made {
  service: string;
  fault: 'cpu' | 'mem' | 'delay';
}

/** Writes one run of 300 s before and 300 s with a fault; `random` gives numbers from 0 to 1. */
export function writeRun(
  folder: string,
  { service, fault }: Made,
  layout: Layout,
  random: () => number,
): void {
  const rows = 600;
  const injected = 300;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const sick = (row: number) => Math.min(1, Math.max(0, (row - injected) / 20));
  const columns: Record<string, number[]> = {};
  const asked = smooth(Array.from({ length: rows }, () => 40 + 6 * normal()));
  const size = 1.5 + 4 * random();
  for (const one of [...services, ...others]) {
    const base = 2 + 10 * random();
    const cpu = Array.from({ length: rows }, (_, row) => {
      const hogged = one === service && fault === 'cpu' ? size * base * sick(row) : 0;
      return base * (1 + 0.1 * normal()) * (0.5 + (asked[row] as number) / 80) + hogged;
    });
    columns[`${one}_cpu`] = smooth(cpu);
    let held = 1e8 * (1 + random());
    columns[`${one}_mem`] = Array.from({ length: rows }, (_, row) => {
      held += 4e4 * normal() + 2e4 * random();
      return held + (one === service && fault === 'mem' ? 6e7 * size * sick(row) : 0);
    });
  }
  const slow = (one: string, row: number): number => {
    const own = one === service ? { cpu: 0.4, mem: 0.2, delay: 2 }[fault] * size * sick(row) : 0;
    const waits = (calls[one] ?? []).map((callee) => 0.3 * slow(callee, row));
    return own + waits.reduce((sum, wait) => sum + wait, 0);
  };
  for (const one of services) {
    const base = 0.01 + 0.03 * random();
    for (const [quantile, times] of [
      [50, 1],
      [90, 2],
      [99, 4],
    ] as const)
      columns[`${one}_lat_${quantile}`] = smooth(
        Array.from(
          { length: rows },
          (_, row) => times * base * (1 + 0.15 * Math.abs(normal()) + slow(one, row)),
        ),
      );
    columns[`${one}_lod`] = asked.map((all) => all * (0.2 + 0.1 * random()));
    columns[`${one}_err`] = Array.from({ length: rows }, () => 0);
  }
  mkdirSync(folder, { recursive: true });
  const text = (from: number, to: number) => {
    const names = Object.keys(columns);
    const lines = Array.from({ length: to - from }, (_, nth) => {
      const cells = names.map((name) => columns[name]?.[from + nth]);
      return [1_690_000_000 + from + nth, ...cells].join(',');
    });
    return [['time', ...names].join(','), ...lines, ''].join('\n');
  };
  if (layout === 'split') {
    writeFileSync(join(folder, 'normal.csv'), text(0, injected));
    writeFileSync(join(folder, 'anomalous.csv'), text(injected, rows));
  } else {
    writeFileSync(join(folder, 'data.csv'), text(0, rows));
    writeFileSync(join(folder, 'inject_time.txt'), `${1_690_000_000 + injected}\n`);
  }
}

/** A mean over the last 45 rows. */
function smooth(values: number[]): number[] {
  return values.map((_, row) => {
    const last = values.slice(Math.max(0, row - 44), row + 1);
    return last.reduce((sum, value) => sum + value, 0) / last.length;
  });
}
