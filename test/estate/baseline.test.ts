import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { reader } from '../../src/estate/reading.ts';
import { type Series, seriesOf } from '../../src/estate/series.ts';
import { targetsOf } from '../../src/estate/targets.ts';
import { friday, hourly, score } from './company.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`The company of the baseline tests has seed ${seed}.`);

const minute = 60_000;
const targets = targetsOf(fernwood, []);
const all = seriesOf(fernwood, seed);

/** What a scrape sees: a gauge as it is, a counter's rate over three cycles. */
function scraped(series: Series, speed: number): (at: number) => number {
  const read = reader(series, {
    inventory: fernwood,
    faults: [],
    seed,
    speed,
    breakages: [],
    jobs: [],
    targets,
  });
  const window = 15_000 / speed;
  return series.kind === 'gauge' ? read : (at) => (read(at) - read(at - window)) / window;
}

/** The scores of 40 bouts of 60 cycles in the two days after 21 days of history. */
function bouts(series: Series, speed: number): number[][] {
  const read = scraped(series, speed);
  const history = Array.from({ length: 21 * 288 }, (_, nth) => friday.getTime() - (nth + 1) * 5 * minute);
  const baselines = hourly(history.map((at) => [at / 1000, read(at)]));
  return Array.from({ length: 40 }, (_, bout) => {
    const start = friday.getTime() + bout * 67 * minute;
    const cycles = Array.from({ length: 60 }, (_, nth) => start + (nth * 5_000) / speed);
    return cycles.map((at) => score(baselines, at / 1000, read(at)));
  });
}

describe.each([1, 20])('with nothing broken, at speed %i', (speed) => {
  const scores = all.flatMap((series) => bouts(series, speed));
  const beyond = (limit: number) =>
    scores.flat().filter((z) => Math.abs(z) > limit).length / scores.flat().length;

  test('a score beyond 2.8 is seldom, one beyond 4 next to never, two in a row in no bout of 500', () => {
    const twice = scores.filter((bout) =>
      bout.some((z, nth) => Math.abs(z) > 4 && Math.abs(bout[nth - 1] ?? 0) > 4),
    );
    console.log(
      `speed ${speed}: ${scores.flat().length} scores, |z| > 2.8 ${beyond(2.8)}, |z| > 4 ${beyond(4)}, twice ${twice.length}`,
    );
    expect(beyond(2.8)).toBeGreaterThan(0.001);
    expect(beyond(2.8)).toBeLessThan(0.01);
    expect(beyond(4)).toBeLessThan(0.0005);
    expect(twice.length / scores.length).toBeLessThan(1 / 500);
  });

  test('scores have a deviation of about 1', () => {
    const square = scores.flat().reduce((sum, z) => sum + z * z, 0) / scores.flat().length;
    expect(Math.sqrt(square)).toBeGreaterThan(0.9);
    expect(Math.sqrt(square)).toBeLessThan(1.15);
  });
});

test('no cycle sees what the one before saw, even a quarter of a second apart', () => {
  for (const series of all) {
    for (const speed of [1, 20]) {
      const read = scraped(series, speed);
      const values = Array.from({ length: 200 }, (_, nth) => read(friday.getTime() + nth * 250));
      expect(values.every((value, nth) => value !== values[nth - 1])).toBe(true);
    }
  }
});

test('busy hours are busier than quiet ones, and a busy day than a quiet one', () => {
  const [requests] = all.filter(({ labels }) => labels.__name__ === 'http_requests_total');
  if (!requests) throw new Error('There are no requests.');
  const read = scraped(requests, 1);
  const evening = read(Date.UTC(2026, 10, 20, 19));
  expect(evening / read(Date.UTC(2026, 10, 20, 7))).toBeGreaterThan(1.3);
  expect(read(Date.UTC(2026, 10, 21, 19)) / read(Date.UTC(2026, 10, 24, 19))).toBeGreaterThan(1.08);
});

test('a counter never falls', () => {
  for (const series of all.filter(({ kind }) => kind === 'counter')) {
    for (const speed of [1, 20]) {
      const read = reader(series, {
        inventory: fernwood,
        faults: [],
        seed,
        speed,
        breakages: [],
        jobs: [],
        targets,
      });
      const values = Array.from({ length: 20_000 }, (_, nth) => read(friday.getTime() + (nth * 177) / speed));
      expect(values.every((value, nth) => value >= (values[nth - 1] ?? 0))).toBe(true);
    }
  }
});

test('the same seed is the same company, another seed another', () => {
  const value = (of: number) => seriesOf(fernwood, of).map((series) => scraped(series, 1)(friday.getTime()));
  expect(value(seed)).toEqual(value(seed));
  expect(value(seed)).not.toEqual(value(seed + 1));
});
