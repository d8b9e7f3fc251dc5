// What runs full is foreseen with an interval; what only swings with the day, jumps or wavers is not.
import { expect, test } from 'vitest';
import { seeded } from '../../src/estate/noise.ts';
import { foresee } from '../../src/monitoring/lookout/forecast.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`The noise of the forecasts has seed ${seed}.`);
const random = seeded(seed);
const noise = () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);

const hour = 3_600;
const now = Date.UTC(2026, 10, 20, 14) / 1_000;
const gigabyte = 2 ** 30;
/** Free disk space with its day: most at night. */
const usual = (at: number) => (40 + 2 * Math.cos((2 * Math.PI * at) / (24 * hour))) * gigabyte;

/** A value a minute over so many hours, leaving what is usual by `gone` from `since` on. */
function minutes(hours: number, gone: (since: number) => number, spread = 0.2): [number, number][] {
  return Array.from({ length: hours * 60 }, (_, nth) => {
    const at = now - (hours * 60 - 1 - nth) * 60;
    return [at, usual(at) + (gone(at) + spread * noise()) * gigabyte];
  });
}

const slowly = (perHour: number, hours: number) => (at: number) =>
  -Math.max(0, (at - (now - hours * hour)) / hour) * perHour;

const foreseen: [what: string, perHour: number, hours: number][] = [
  ['within the hour, seen for forty minutes', 36, 0.67],
  ['in an hour and a half, seen for half an hour', 20, 0.5],
  ['this evening, seen for two hours', 6, 2],
  ['in three days, seen for a day', 0.4, 24],
];
test.each(foreseen)('a disk that will be full %s', (_, perHour, hours) => {
  const points = minutes(30, slowly(perHour, hours));
  const said = foresee(points, usual, 0);
  expect(said.kind).toBe('forecast');
  if (said.kind !== 'forecast') return;
  const left = (points.at(-1)?.[1] ?? 0) / gigabyte;
  const due = now + (left / perHour) * hour;
  const { at, earliest, latest } = said.forecast;
  expect(Math.abs(at - due) / (due - now)).toBeLessThan(0.2);
  expect(earliest).toBeLessThanOrEqual(at);
  expect(latest ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at);
  expect(at - now).toBeGreaterThan(18 * 60);
});

const none: [what: string, gone: (at: number) => number][] = [
  ['nothing but the day', () => 0],
  ['a file of 10 GB that was written once', (at) => (at > now - 900 ? -10 : 0)],
  ['a slow wave around the usual', (at) => 2 * Math.sin(at / 900)],
  ['space that is being freed', (at) => Math.max(0, (at - now + 2 * hour) / hour) * 4],
  ['a leak so slow that nobody can say', slowly(0.004, 24)],
];
test.each(none)('%s: nothing is foreseen', (_, gone) => {
  expect(foresee(minutes(30, gone), usual, 0)).toEqual({
    kind: 'none',
    because: 'No trend leads to the limit in the time it can be believed.',
  });
});

test('of 500 healthy days of a noisy series not one is foreseen to end', () => {
  const wrong = Array.from({ length: 500 }, () =>
    foresee(
      minutes(3, () => 0, 3),
      usual,
      0,
    ),
  ).filter(({ kind }) => kind === 'forecast');
  expect(wrong).toEqual([]);
});

test('connections that fill their pool, upwards', () => {
  const points = Array.from({ length: 120 }, (_, nth): [number, number] => [
    now - (119 - nth) * 60,
    60 + nth * 0.5 + noise(),
  ]);
  const said = foresee(points, () => 60, 200);
  const inMinutes = said.kind === 'forecast' ? (said.forecast.at - now) / 60 : 0;
  expect(inMinutes).toBeGreaterThan(150);
  expect(inMinutes).toBeLessThan(172);
});

test('of nothing measured, nothing is said', () => {
  expect(foresee([], usual, 0)).toEqual({ kind: 'none', because: 'Nothing was measured.' });
});
