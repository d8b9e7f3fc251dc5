import { EVD, Matrix, solve } from 'ml-matrix';

/** Running sums over rows of as many signed z as there are metrics: plain numbers, so that they outlive a restart. */
export interface Sums {
  weight: number;
  /** Σ z, and the upper triangle of Σ z zᵀ, row by row. */
  first: number[];
  second: number[];
}

/** How a subject's metrics move together: where the cloud's middle is, and what makes it a ball. */
export interface Model {
  middle: number[];
  /** Row by row; multiplied with (z − middle) it gives independent numbers of variance 1. */
  whitening: number[];
}

export interface RelationSettings {
  /** z is pulled in to this on both sides before it is learnt from. */
  pullIn: number;
  /** How far the covariance is at least drawn towards its diagonal: 0 = not, 1 = wholly. */
  shrink: number;
  /** No direction is held to vary less than this share of the mean variance: what is nearly the same twice says nothing. */
  thinnest: number;
}

export function emptySums(metrics: number): Sums {
  return { weight: 0, first: zeros(metrics), second: zeros((metrics * (metrics + 1)) / 2) };
}

/** Adds one row; a missing z counts as usual, 0: complete it before, where there is a model. */
export function addRow(sums: Sums, row: readonly number[], weight: number, pullIn: number): void {
  const { first, second } = sums;
  const size = row.length;
  const pulled = row.map((z) => (Number.isFinite(z) ? Math.max(-pullIn, Math.min(pullIn, z)) : 0));
  sums.weight += weight;
  for (let i = 0, at = 0; i < size; i += 1) {
    const by = weight * (pulled[i] as number);
    first[i] = (first[i] as number) + by;
    for (let j = i; j < size; j += 1, at += 1)
      second[at] = (second[at] as number) + by * (pulled[j] as number);
  }
}

/** All that was added counts for so much less from now on. */
export function fade(sums: Sums, share: number): void {
  sums.weight *= share;
  sums.first = sums.first.map((one) => one * share);
  sums.second = sums.second.map((one) => one * share);
}

/**
 * The model of all rows added: their covariance, drawn towards its diagonal by d ÷ (d + rows) or `shrink` if that
 * is more, and taken apart into its principal directions (eigenvalue decomposition).
 */
export function modelOf({ weight, first, second }: Sums, settings: RelationSettings): Model {
  const size = first.length;
  const middle = first.map((sum) => sum / weight);
  const drawn = Math.max(settings.shrink, size / (size + weight));
  const covariance = new Matrix(size, size);
  for (let i = 0, at = 0; i < size; i += 1)
    for (let j = i; j < size; j += 1, at += 1) {
      const both = (second[at] as number) / weight - (middle[i] as number) * (middle[j] as number);
      covariance.set(i, j, i === j ? both : both * (1 - drawn));
      covariance.set(j, i, covariance.get(i, j));
    }
  const floor = Math.max(1e-6, (settings.thinnest * covariance.trace()) / size);
  const { realEigenvalues, eigenvectorMatrix } = new EVD(covariance, { assumeSymmetric: true });
  const whitening = realEigenvalues.flatMap((value, nth) =>
    eigenvectorMatrix.getColumn(nth).map((one) => one / Math.sqrt(Math.max(floor, value))),
  );
  return { middle, whitening };
}

/** The squared Mahalanobis distance of a row without gaps from the middle. */
export function distance({ middle, whitening }: Model, row: readonly number[]): number {
  const size = middle.length;
  const off = row.map((z, nth) => z - (middle[nth] as number));
  let sum = 0;
  for (let i = 0, at = 0; i < size; i += 1) {
    let along = 0;
    for (let j = 0; j < size; j += 1, at += 1) along += (whitening[at] as number) * (off[j] as number);
    sum += along * along;
  }
  return sum;
}

/** How much the squared distance of a row without gaps would shrink if one metric were what the others let expect: by metric. */
export function shares(model: Model, row: readonly number[]): number[] {
  const precision = precisionOf(model);
  const pull = precision.mmul(Matrix.columnVector(row.map((z, nth) => z - (model.middle[nth] as number))));
  return pull.to1DArray().map((one, nth) => one ** 2 / precision.get(nth, nth));
}

/** The row with each missing z put where the others let expect it: a gap breaks no relation. */
export function completed(model: Model, row: readonly number[]): readonly number[] {
  if (row.every(Number.isFinite)) return row;
  const gaps = [...row.keys()].filter((nth) => !Number.isFinite(row[nth]));
  const seen = [...row.keys()].filter((nth) => Number.isFinite(row[nth]));
  const middle = (nth: number) => model.middle[nth] as number;
  if (seen.length === 0) return [...model.middle];
  const precision = precisionOf(model);
  const off = Matrix.columnVector(seen.map((nth) => (row[nth] as number) - middle(nth)));
  const pull = precision.subMatrixRow(gaps).subMatrixColumn(seen).mmul(off);
  const put = solve(precision.subMatrixRow(gaps).subMatrixColumn(gaps), pull.mul(-1)).to1DArray();
  return row.map((z, nth) => (Number.isFinite(z) ? z : middle(nth) + (put[gaps.indexOf(nth)] as number)));
}

function precisionOf({ middle, whitening }: Model): Matrix {
  const w = Matrix.from1DArray(middle.length, middle.length, whitening);
  return w.transpose().mmul(w);
}

/**
 * A squared distance over `size` metrics as σ of a normal distribution: the cube root of a χ² is close to normal
 * (Wilson and Hilferty, 1931).
 */
export function sigmaOf(squared: number, size: number): number {
  const spread = 2 / (9 * size);
  return (Math.cbrt(squared / size) - (1 - spread)) / Math.sqrt(spread);
}

/** The squared distance that is `sigma` σ: the inverse of `sigmaOf`. */
export function squaredOf(sigma: number, size: number): number {
  const spread = 2 / (9 * size);
  return size * Math.max(0, 1 - spread + sigma * Math.sqrt(spread)) ** 3;
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
