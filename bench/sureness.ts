// How sure a ranking is, learnt from other systems: what the bench of calibration begins from. The product begins from its rules.
import { Matrix, solve } from 'ml-matrix';
import type { Suspect } from '../src/incidents/diagnose/rank.ts';

/** What the sureness of a ranking is computed from: features of its first suspect, standardised, and a weight each. */
export interface Sureness {
  means: number[];
  spreads: number[];
  /** The offset first, then one for each feature. */
  weights: number[];
}

/** How many standard deviations of a feature count, at most: another system's may be far from all that was learnt of. */
const farthest = 3;
/** The strength of the ridge: as much as so many outcomes that say nothing. */
const ridge = 4;
const turns = 30;

/** How sure it is that the failure begins at the first suspect, 0–1, before a site's own outcomes are known. Pure. */
export function sureOf({ features }: Suspect, { means, spreads, weights }: Sureness): number {
  const odds = standardised(features, means, spreads).reduce(
    (sum, one, nth) => sum + one * (weights[nth + 1] as number),
    weights[0] as number,
  );
  return 1 / (1 + Math.exp(-odds));
}

/**
 * Learns sureness from rankings of which it is known whether the first suspect was the cause: logistic regression with a
 * ridge, by iteratively reweighted least squares.
 */
export function learnSureness(cases: { features: number[]; right: boolean }[]): Sureness {
  const count = cases[0]?.features.length ?? 0;
  const columns = Array.from({ length: count }, (_, nth) =>
    cases.map(({ features }) => features[nth] as number),
  );
  const means = columns.map((column) => column.reduce((sum, one) => sum + one, 0) / column.length);
  const spreads = columns.map((column, nth) => {
    const square = column.reduce((sum, one) => sum + (one - (means[nth] as number)) ** 2, 0) / column.length;
    return Math.sqrt(square) || 1;
  });
  const x = new Matrix(cases.map(({ features }) => [1, ...standardised(features, means, spreads)]));
  const y = Matrix.columnVector(cases.map(({ right }) => (right ? 1 : 0)));
  let weights = Matrix.zeros(count + 1, 1);
  const penalty = Matrix.diag([0.1, ...Array(count).fill(ridge)]);
  for (let turn = 0; turn < turns; turn += 1) {
    const p = x
      .mmul(weights)
      .to1DArray()
      .map((odds) => 1 / (1 + Math.exp(-odds)));
    const curved = x.clone();
    for (const [row, share] of p.entries()) curved.mulRow(row, share * (1 - share));
    const gradient = x
      .transpose()
      .mmul(Matrix.sub(y, Matrix.columnVector(p)))
      .sub(penalty.mmul(weights));
    const step = solve(x.transpose().mmul(curved).add(penalty), gradient);
    weights = Matrix.add(weights, step);
    if (step.norm() < 1e-8) break;
  }
  return { means, spreads, weights: weights.to1DArray() };
}

function standardised(features: number[], means: number[], spreads: number[]): number[] {
  return features.map((one, nth) => {
    const z = (one - (means[nth] as number)) / (spreads[nth] as number);
    return Math.max(-farthest, Math.min(farthest, z));
  });
}
