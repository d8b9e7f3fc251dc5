import { describe, expect, test } from 'vitest';
import { calibrated, cap, enoughOutcomes, type Outcome } from '../../src/knowledge/calibration/calibrate.ts';

/** So many outcomes of one raw confidence, of which a share was right. */
function outcomes(count: number, raw: number, share: number): Outcome[] {
  return Array.from({ length: count }, (_, nth) => ({ raw, right: nth < Math.round(count * share) }));
}

test('before 30 outcomes of its class nothing reaches 85 %, however sure and however often right', () => {
  for (let count = 0; count < enoughOutcomes; count += 1)
    for (const raw of [0.5, 0.9, 0.99, 1])
      expect(calibrated(raw, outcomes(count, raw, 1))).toBeLessThanOrEqual(cap);
  expect(calibrated(0.95, outcomes(30, 0.95, 1))).toBeGreaterThan(0.9);
});

describe('with many outcomes it is the share that was right', () => {
  test.each([
    [0.95, 0.5],
    [0.95, 0.9],
    [0.6, 0.95],
    [0.3, 0.8],
  ])('%d said, %d right', (raw, share) => {
    expect(calibrated(raw, outcomes(400, raw, share))).toBeCloseTo(share, 1);
  });
});

test('what was surer stays surer where that was borne out, and nothing is lost where all is right or all wrong', () => {
  const both = [...outcomes(60, 0.9, 0.9), ...outcomes(60, 0.5, 0.4)];
  expect(calibrated(0.9, both)).toBeGreaterThan(calibrated(0.5, both) + 0.2);
  for (const share of [0, 1]) {
    const sure = calibrated(0.8, outcomes(300, 0.8, share));
    expect(Math.abs(sure - share)).toBeLessThan(0.05);
  }
});

test('outcomes far from each other do not throw it off: it stays a share that rises with what was said', () => {
  const odd = [...outcomes(40, 0.99, 0), ...outcomes(40, 0.01, 1), ...outcomes(120, 0.99, 1)];
  const said = [0.01, 0.2, 0.5, 0.8, 0.99].map((raw) => calibrated(raw, odd));
  for (const one of said) expect(one).toBeGreaterThan(0.3);
  expect(Math.max(...said)).toBeLessThan(1);
});
