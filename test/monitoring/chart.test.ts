import { inflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { amount, amounts } from '../../src/monitoring/amount.ts';
import { altOf, type Chart, specOf } from '../../src/monitoring/chart/chart.ts';
import { readChart } from '../../src/monitoring/chart/charted.ts';
import { openDrawing } from '../../src/monitoring/chart/picture.ts';
import { type Metric, queryOfOne } from '../../src/monitoring/metric.ts';
import type { Prometheus } from '../../src/systems/prometheus/read.ts';

const end = Date.UTC(2026, 10, 20, 9, 42) / 1_000;
const minute = (nth: number) => end - (180 - nth) * 60;

/** Three hours, of which the last twelve minutes are far off. */
function chart(changed: Partial<Chart> = {}): Chart {
  const points = Array.from({ length: 181 }, (_, nth) => {
    const off = nth >= 168 ? 7.6 : 0;
    return { at: minute(nth), value: 0.12 + 0.04 * Math.sin(nth) + off, mean: 0.12, deviation: 0.05 };
  });
  const unusual = { from: new Date(minute(168) * 1_000), to: new Date(end * 1_000) };
  return {
    says: 'error rate',
    subject: 'checkout',
    unit: 'errors/s',
    points,
    unusual,
    timezone: 'Europe/Berlin',
    ...changed,
  };
}

/** A PNG whose rows are unfiltered, as ours are. */
function decoded(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length));
  }
  const rows = inflateSync(Buffer.concat(parts));
  const at = (x: number, y: number) => {
    const place = y * (width * 4 + 1) + 1 + x * 4;
    return [...rows.subarray(place, place + 4)] as [number, number, number, number];
  };
  type Box = [left: number, top: number, right: number, bottom: number];
  /** How many pixels of a box, in shares of the picture, are so. */
  const count = (
    [left, top, right, bottom]: Box,
    is: (pixel: [number, number, number, number]) => boolean,
  ) => {
    let found = 0;
    for (let y = Math.floor(top * height); y < bottom * height; y += 1)
      for (let x = Math.floor(left * width); x < right * width; x += 1) if (is(at(x, y))) found += 1;
    return found;
  };
  return { width, height, count };
}

const dark = ([r, g, b]: number[]) => (r ?? 255) < 90 && (g ?? 255) < 90 && (b ?? 255) < 90;
const red = ([r, g, b]: number[]) => (r ?? 0) > 180 && (g ?? 255) < 90 && (b ?? 255) < 90;
const usualBlue = ([r, g, b]: number[]) => r === 0xcf && g === 0xe0 && b === 0xef;
const all: [number, number, number, number] = [0, 0, 1, 1];

describe('a chart', () => {
  const drawing = openDrawing();
  afterAll(() => drawing.close());

  test('is an opaque picture of twice 800 × 360 that is small enough to be sent', async () => {
    const png = await drawing.draw(chart());
    const { width, height, count } = decoded(png);
    expect([width, height]).toEqual([1_600, 720]);
    expect(png.byteLength).toBeLessThan(60 * 1_024);
    expect(count(all, ([, , , alpha]) => alpha !== 255)).toBe(0);
  });

  test('points at moments with a line and a label each, none over another', async () => {
    const mark = (nth: number, says: string) => ({ at: new Date(minute(nth) * 1_000), says });
    const marks = [mark(168, 'signal'), mark(169, 'cause'), mark(170, 'step 1'), mark(179, 'verified')];
    const plum = ([r, g, b]: number[]) => r === 0x3f && g === 0x2a && b === 0x63;
    const { count } = decoded(await drawing.draw(chart({ marks })));
    expect(count(all, plum), 'lines and labels').toBeGreaterThan(2_000);
    expect(decoded(await drawing.draw(chart())).count(all, plum)).toBe(0);
    const rows = JSON.stringify(specOf(chart({ marks }))).matchAll(/"y":\{"value":(\d+)\}/g);
    expect(new Set([...rows].map(([, y]) => y)).size).toBe(4);
    expect(altOf(chart({ marks }))).toContain(
      ' Marked: signal 10:30, cause 10:31, step 1 10:32, verified 10:41.',
    );
  });

  test('has words in it on a machine without fonts, what is usual as a band, and in red what is not', async () => {
    const { count } = decoded(await drawing.draw(chart()));
    expect(count([0, 0, 0.5, 0.09], dark), 'the title').toBeGreaterThan(1_000);
    expect(count(all, usualBlue), 'the band').toBeGreaterThan(5_000);
    // Below the legend: the stretch is the last fifteenth of the three hours.
    expect(count([0.9, 0.27, 1, 0.85], red), 'the stretch').toBeGreaterThan(300);
    expect(count([0, 0.27, 0.88, 0.85], red), 'the rest').toBe(0);
  });

  test('of hostile words is drawn all the same', async () => {
    const says = '</text><script>alert(1)</script> & "x" \u202E \uD83D';
    const hostile = chart({ says, subject: 'x'.repeat(500), unit: "');alert(1);('" });
    const { count } = decoded(await drawing.draw(hostile));
    expect(count([0.9, 0.27, 1, 0.85], red)).toBeGreaterThan(300);
  });

  test.each([
    [
      'of values that were never measured',
      { points: chart().points.map((one) => ({ ...one, value: Number.NaN })) },
    ],
    [
      'of a baseline nobody knows',
      { points: chart().points.map((one) => ({ ...one, mean: Number.NaN, deviation: Number.NaN })) },
    ],
    ['of nothing', { points: [] }],
    ['of one value', { points: chart().points.slice(-1) }],
  ])('%s is drawn', async (_, changed) => {
    expect(decoded(await drawing.draw(chart(changed))).width).toBe(1_600);
    expect(altOf(chart(changed))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('is drawn while the main thread goes on', async () => {
    let turns = 0;
    let drawn = false;
    const turn = () => {
      turns += 1;
      if (!drawn) setImmediate(turn);
    };
    turn();
    await drawing.draw(chart());
    drawn = true;
    expect(turns).toBeGreaterThan(100);
  });

  test('that is cut off says so, and the next is drawn', async () => {
    const cut = drawing.draw(chart());
    await Promise.all([
      expect(cut).rejects.toThrow(/could not be drawn: its thread has ended/),
      drawing.close(),
    ]);
    expect(decoded(await drawing.draw(chart())).width).toBe(1_600);
  });
});

test('says in words what it shows, by the clocks of the site', () => {
  expect(altOf(chart())).toBe(
    'Line chart of error rate of checkout from 07:42 to 10:42 (Europe/Berlin). Usual is 0 to 0.26 errors/s. From 10:30 to 10:42 it is not as usual, furthest at 10:33 with 7.76 errors/s.',
  );
});

describe('reading what a chart shows', () => {
  const metric = {
    name: 'error_rate',
    says: 'error rate',
    unit: 'errors/s',
    label: 'service',
    query: 'rate(x[$__rate_interval])',
  } as Metric;
  const usualAt = () => ({ mean: 1, deviation: 0.1 });
  const to = new Date(end * 1_000);

  test('one series of three hours, with a gap where nothing was measured', async () => {
    const asked: unknown[] = [];
    const values = [0, 60, 120, 600, 660].map((at): [number, number] => [end - 3_600 + at, at]);
    const prometheus: Prometheus = {
      query: async () => [],
      queryRange: async (...given) => {
        asked.push(given);
        return [
          { labels: { service: 'orders' }, values: [] },
          { labels: { service: 'checkout' }, values },
        ];
      },
    };
    const wanted = {
      metric,
      subject: 'checkout',
      query: 'q',
      unusual: { from: to, to },
      usualAt,
      timezone: 'UTC',
      now: to,
    };
    const { points } = await readChart(prometheus, { part: '', ...wanted });
    expect(asked).toEqual([['q', new Date(to.getTime() - 3 * 3_600_000), to, 60]]);
    expect(points.map(({ value }) => value)).toEqual([0, 60, 120, Number.NaN, 600, 660]);
    expect(points[0]).toEqual({ at: end - 3_600, value: 0, mean: 1, deviation: 0.1 });
  });

  test('is asked for one subject alone', () => {
    expect(queryOfOne(metric, 'checkout', 60_000)).toBe(
      '(rate(x[240s])) and on (service) label_replace(vector(1), "service", "checkout", "", "")',
    );
  });
});

test.each([
  [7.873, 'errors/s', '7.87 errors/s'],
  [3.27e9, 'bytes', '3.27 GB'],
  [412e6, 'bytes/s', '412 MB/s'],
  [0, 'bytes', '0 B'],
  [0.354, 's', '354 ms'],
  [0.00002, 's', '20 µs'],
  [12, 's', '12 s'],
  [73.4, '%', '73.4 %'],
  [-2.5e6, 'bytes', '-2.5 MB'],
  [15_300, '', '15.3K'],
  [Number.NaN, 's', 'nothing'],
])('%d %s is said as %s', (value, unit, said) => expect(amount(value, unit)).toBe(said));

test('a range has one unit', () => {
  expect(amounts(5.56e9, 6.45e9, 'bytes')).toBe('5.56 to 6.45 GB');
  expect(amounts(0, 0.26, '')).toBe('0 to 0.26');
});
