import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import { openDetector } from '../../src/monitoring/detector/detector.ts';
import { day, hour, monday, noise, Stream, step } from './stream.ts';

const week = 7 * day;

/** 100 in office hours from Monday to Friday, 10 otherwise, and a little noise. */
function office(seed: number): (at: number) => number {
  const rough = noise(seed);
  return (at) => {
    const days = Math.floor((at - monday) / day) % 7;
    const hours = (at % day) / hour;
    return (days < 5 && hours >= 9 && hours < 17 ? 100 : 10) + rough();
  };
}

function steady(seed: number, level = 50): () => number {
  const rough = noise(seed);
  return () => level + rough();
}

describe('what is usual', () => {
  test('a weekday is not a weekend', () => {
    const series = new Stream();
    series.until(monday + 4 * week + 2 * day + 10 * hour, office(1));
    const wednesday = series.see(100);
    expect(wednesday.mean).toBeGreaterThan(95);
    expect(wednesday.band).toBe(0);
    series.until(monday + 4 * week + 5 * day + 10 * hour, office(2));
    const saturday = series.see(100);
    expect(saturday.mean).toBeLessThan(15);
    expect(saturday.band).toBe(2);
  });

  test('few data lean on the coarser segments, more data less so', () => {
    const series = new Stream();
    const at10 = [1, 2, 3].map((days) => {
      series.until(monday + days * day + 10 * hour, office(3));
      return series.see(100).mean;
    });
    expect(at10[0]).toBeGreaterThan(45); // one Monday, and the mean of all hours is 40
    expect(at10[0]).toBeLessThan(at10[1] as number);
    expect(at10[1]).toBeLessThan(at10[2] as number);
    series.until(monday + 5 * day + 3 * hour, office(4));
    expect(series.see(10).mean).toBeLessThan(25); // Saturday night, never seen: as the nights were
  });

  test('one wild value moves nothing much, a day of them does not become the usual at once', () => {
    const series = new Stream();
    const usual = steady(5);
    const { mean, deviation } = series.until(monday + 2 * week, usual).at(-1) as {
      mean: number;
      deviation: number;
    };
    series.see(1e9);
    expect(Math.abs(series.see(50).mean - mean)).toBeLessThan(deviation);
    const outage = series.until(series.at + 8 * hour, () => 80);
    expect(outage.every(({ band }) => band === 2)).toBe(true);
    series.until(series.at + 6 * day, usual);
    expect(series.until(series.at + day, usual).filter(({ band }) => band === 2)).toEqual([]);
  });

  test('a level that stays is the new usual on the fourth day, and is raised once or twice, not on and on', () => {
    const series = new Stream();
    series.until(monday + 3 * week, steady(6));
    const shifted = series.until(series.at + 4 * day, steady(7, 70));
    expect(shifted[0]?.band).toBe(2);
    expect(shifted[0]?.raised).toBe(true);
    expect(shifted.filter(({ raised }) => raised).length).toBeLessThanOrEqual(2);
    const fourth = shifted.slice(-(day / step)).map(({ band }) => band);
    expect(fourth.filter((band) => band === 2)).toEqual([]);
    expect(fourth.filter((band) => band === 1).length).toBeLessThan(5);
  });

  test('a drift is followed', () => {
    const series = new Stream();
    const rough = noise(8);
    const drift = (at: number) => 50 + (at - monday) / day / 4 + rough();
    series.until(monday + 4 * week, drift);
    expect(series.until(series.at + week, drift).filter(({ band }) => band === 2)).toEqual([]);
  });

  test('a variance twenty times as large is learnt in weeks', () => {
    const series = new Stream();
    series.until(monday + 3 * week, steady(9));
    const rough = noise(10);
    const wide = () => 50 + 20 * rough();
    series.until(series.at + 3 * week, wide);
    const late = series.until(series.at + day, wide);
    expect(late.filter(({ band }) => band === 2).length).toBeLessThan(late.length / 10);
  });
});

describe('the calendar', () => {
  test('a holiday is judged as the day it stands for', () => {
    const holiday = '2026-11-30';
    const said = [[], [{ date: holiday, as: 'sun' as const }]].map((holidays) => {
      const series = new Stream({}, { holidays });
      series.until(Date.parse(`${holiday}T10:00:00Z`) / 1_000, office(11));
      return series.see(10).band;
    });
    expect(said).toEqual([2, 0]);
  });

  test('a batch job is held while its window lasts, and raised when it goes on', () => {
    const job = {
      name: 'backup',
      days: ['mon' as const],
      from: '01:00',
      to: '02:00',
      metrics: ['cpu'],
      subjects: ['web-1'],
    };
    const run = (settings: { subject?: string }) => {
      const series = new Stream(settings, { batch_jobs: [job] });
      series.until(monday + 3 * week + hour, steady(12));
      return series.until(series.at + 2 * hour, () => 90);
    };
    const covered = run({});
    const [during, after] = [covered.slice(0, hour / step), covered.slice(hour / step)];
    expect(during.every(({ held, raised, band }) => held && !raised && band === 2)).toBe(true);
    expect(after[0]).toMatchObject({ held: false, raised: true });
    expect(run({ subject: 'web-2' })[0]).toMatchObject({ held: false, raised: true });
  });
});

describe('learning', () => {
  test('from 45 samples on a young baseline raises, marked so, and is grown up after 14 days', () => {
    const spikeAt = (sample: number) => {
      const series = new Stream();
      series.until(monday + (sample - 1) * step, steady(13));
      return series.see(500);
    };
    expect(spikeAt(44)).toMatchObject({ raised: false, band: 0, learning: true });
    expect(spikeAt(45)).toMatchObject({ raised: true, band: 2, learning: true });
    expect(spikeAt((14 * day) / step)).toMatchObject({ raised: true, learning: true });
    expect(spikeAt((14 * day) / step + 13)).toMatchObject({ raised: true, learning: false });
  });

  test('static thresholds act from the first sample, worsen once, and no longer when there is a baseline', () => {
    const series = new Stream({ bad: 'up', static: { watch: 80, critical: 90 } });
    const said = [50, 85, 86, 95, 96, 50].map((value) => series.see(value));
    expect(said.map(({ band }) => band)).toEqual([0, 1, 1, 2, 2, 0]);
    expect(said.map(({ raised }) => raised)).toEqual([false, true, false, true, false, false]);
    const grown = new Stream({ bad: 'up', static: { watch: 80, critical: 90 } });
    const rough = noise(14);
    grown.until(monday + 3 * week, () => 95 + rough());
    expect(grown.see(95)).toMatchObject({ band: 0, raised: false });
  });

  test('a static threshold below, where down is bad', () => {
    const series = new Stream({ bad: 'down', static: { critical: 10 } });
    expect([50, 11, 10, 9].map((value) => series.see(value).band)).toEqual([0, 0, 2, 2]);
  });
});

describe('an episode', () => {
  /** Three weeks of the usual, then these values. */
  function following(values: number[], settings = {}) {
    const series = new Stream(settings);
    series.until(monday + 3 * week, steady(15));
    return values.map((value) => series.see(value));
  }
  const times = (count: number, value: number) => Array.from({ length: count }, () => value);
  const raisedAt = (said: { raised: boolean }[]) =>
    said.flatMap(({ raised }, place) => (raised ? [place] : []));

  test('is raised once, however long it lasts', () => {
    const said = following(times(24, 60));
    expect(raisedAt(said)).toEqual([0]);
    expect(said.every(({ open, band }) => open && band === 2)).toBe(true);
  });

  test('is over after ten cycles and more as usual, and raised anew for what is more than before', () => {
    const said = following([60, 60, ...times(30, 50), 80]);
    expect(raisedAt(said)).toEqual([0, 32]);
    expect(said.map(({ open }) => open).lastIndexOf(false)).toBe(31);
    expect(raisedAt(following([60, 60, ...times(4, 50), 80]))).toEqual([0]); // not over yet, and critical already
  });

  test('is raised anew when it worsens a band', () => {
    const [first, worse] = [51.35, 60].map((value) => following([value])[0]);
    expect([first?.band, worse?.band]).toEqual([1, 2]);
    const said = following([51.35, 51.35, 60, 60]);
    expect(raisedAt(said).at(-1)).toBe(2);
    expect(said[2]?.band).toBe(2);
  });

  test('that comes back the same day after day is raised less and less', () => {
    const series = new Stream();
    const rough = noise(16);
    const spiky = (at: number) => (Math.floor(at / step) % 97 === 0 ? 70 : 50) + rough();
    const weeks = [0, 1, 2, 3].map((nth) => raisedAt(series.until(monday + (nth + 1) * week, spiky)).length);
    expect(weeks[0]).toBeGreaterThan(0);
    expect(weeks.slice(1).every((count) => count <= 2)).toBe(true);
  });

  test.each([
    ['up', 70, true],
    ['up', 30, false],
    ['down', 30, true],
    ['down', 70, false],
    ['either', 30, true],
    ['either', 70, true],
  ] as const)('where %s is bad, %i is raised: %s', (bad, value, raised) => {
    expect(following([value], { bad })[0]?.raised).toBe(raised);
  });

  test('of a series that never varied is raised at its first change, and a floor says which change is none', () => {
    const flat = (settings: object, value: number) => {
      const series = new Stream(settings);
      series.until(monday + 3 * day, () => 100);
      return series.see(value);
    };
    expect(flat({}, 100)).toMatchObject({ z: 0, raised: false });
    expect(flat({}, 100.5)).toMatchObject({ z: 1_000, band: 2, raised: true });
    expect(flat({ floor: 1 }, 100.5)).toMatchObject({ z: 0.5, band: 0 });
    expect(flat({ least_deviation: 0.02 }, 103)).toMatchObject({ z: 1.5, band: 0 });
  });
});

describe('what was not read', () => {
  test('is judged as nothing and teaches nothing', () => {
    const whole = new Stream();
    const holed = new Stream();
    const usual = steady(17);
    for (let nth = 0; nth < 2_000; nth += 1) {
      const value = usual();
      const [one, other] = [whole.see(value), holed.see(value)];
      expect(other).toEqual(one);
      holed.at -= 150;
      const missed = holed.see(nth % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY);
      expect([missed.z, missed.band, missed.raised]).toEqual([Number.NaN, 0, false]);
      holed.at = whole.at;
    }
  });

  test('a time that goes back is taken as the next', () => {
    const series = new Stream();
    series.until(monday + 2 * week, steady(18));
    series.at -= hour;
    const again = series.until(series.at + 2 * hour, steady(19));
    expect(again.filter(({ band, mean }) => band === 2 || Number.isNaN(mean))).toEqual([]);
  });
});

describe('many series', () => {
  const settings = { metric: 'cpu', bad: 'either' as const };

  test('do not know of each other, whatever their order and number', () => {
    const count = 90; // more than there is room for at first
    const detector = openDetector(calendarSchema.parse({}), 7);
    const values = Array.from({ length: count }, (_, nth) => steady(nth, nth * 100));
    const slots = Int32Array.from({ length: count }, (_, nth) => detector.slotOf(`series-${nth}`, settings));
    const alone = new Stream();
    const same = steady(33, 3_300);
    const shuffled = slots.toReversed();
    for (let nth = 0; nth < 600; nth += 1) {
      const row = values.map((value) => value() + (nth === 500 ? 30 : 0));
      const turned = nth % 2 === 1;
      const said = detector.observe(
        monday + nth * step,
        turned ? shuffled : slots,
        Float64Array.from(turned ? row.toReversed() : row),
      );
      const place = turned ? count - 1 - 33 : 33;
      const one = alone.see(same() + (nth === 500 ? 30 : 0));
      expect([said.z[place], said.mean[place], said.raised[place]]).toEqual([
        one.z,
        one.mean,
        Number(one.raised),
      ]);
    }
    expect(detector.slotOf('series-33', settings)).toBe(33);
  });

  test('the containers of a workload share its slot: all are judged, one of them far off is found', () => {
    const detector = openDetector(calendarSchema.parse({}));
    const slot = detector.slotOf('shop/checkout', settings);
    const slots = new Int32Array(5).fill(slot);
    const usual = steady(20);
    for (let nth = 0; nth < 800; nth += 1)
      detector.observe(monday + nth * step, slots, Float64Array.from({ length: 5 }, usual));
    const { band, raised, learning } = detector.observe(
      monday + 800 * step,
      slots,
      Float64Array.of(50, 50, 90, 50, 90),
    );
    expect([...band.subarray(0, 5)]).toEqual([0, 0, 2, 0, 2]);
    expect([...raised.subarray(0, 5)]).toEqual([0, 0, 1, 0, 0]);
    expect(learning[0]).toBe(1); // three days, though five times as many samples
  });
});

describe('scale, offset and sign do not matter', () => {
  const walk = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 300, maxLength: 900 });
  const judgedBy = (steps: number[], scale: number, offset: number) => {
    const series = new Stream();
    let value = 0;
    return steps.map((change, nth) => {
      value = 0.9 * value + change;
      return series.see(offset + scale * Math.round(value) * (nth % 250 === 249 ? 20 : 1));
    });
  };

  test('powers of two and whole offsets: to the bit', () => {
    fc.assert(
      fc.property(
        walk,
        fc.integer({ min: -8, max: 20 }),
        fc.boolean(),
        fc.integer({ min: -1e6, max: 1e6 }),
        (steps, power, turned, offset) => {
          const scale = (turned ? -1 : 1) * 2 ** power;
          const plain = judgedBy(steps, 1, 0).map(({ z, raised, band }) => [z, raised, band]);
          const moved = judgedBy(steps, scale, offset * 2 ** power).map(({ z, raised, band }) => [
            z,
            raised,
            band,
          ]);
          expect(moved).toEqual(plain);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('any scale: to what 32 bits hold', () => {
    fc.assert(
      fc.property(walk, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (steps, scale) => {
        const plain = judgedBy(steps, 1, 0);
        judgedBy(steps, scale, 0).forEach(({ z }, nth) => {
          const wanted = plain[nth]?.z as number;
          expect(Math.abs(z - wanted)).toBeLessThan(0.01 * Math.max(1, wanted));
        });
      }),
      { numRuns: 20 },
    );
  });
});
