// Calibration: how often a worker that was so sure was right, at this site and for this kind of cause.
// Not how sure a rule or a ranking is to begin with: that is the diagnosis'.

/** One diagnosis of which it is known whether it was right. */
export interface Outcome {
  /** How sure it was before calibration, 0–1. */
  raw: number;
  right: boolean;
}

/** Before so many outcomes of its class no confidence reaches the band in which workers act without telling. */
export const enoughOutcomes = 30;
export const cap = 0.84;

/**
 * A priori the offset of the log-odds is 0 ± 3 and their slope 1 ± 1: what was said is taken at its word until outcomes
 * speak, and they are soon heard. Half the slope or its deviation changes the bench `calibration` little.
 */
const offsetVariance = 9;
const slopeMean = 1;
const slopeVariance = 1;
const turns = 50;

/**
 * How sure to be, 0–1, after `raw`: Platt's logistic scaling of the log-odds (Platt 1999), its two numbers at the
 * maximum of their posterior given the outcomes of this class at this site. With fewer than 30 of them at most 0.84.
 */
export function calibrated(raw: number, outcomes: Outcome[]): number {
  const [offset, slope] = scaling(outcomes);
  const sure = logistic(offset + slope * logit(raw));
  return outcomes.length < enoughOutcomes ? Math.min(cap, sure) : sure;
}

/** Newton's method, halving a step that goes too far, on the logistic loss with a normal prior on both; concave, so it converges. */
function scaling(outcomes: Outcome[]): [offset: number, slope: number] {
  const all = outcomes.map(({ raw, right }) => [logit(raw), right ? 1 : 0] as const);
  let at: [number, number] = [0, slopeMean];
  for (let turn = 0; turn < turns; turn += 1) {
    const [offset, slope] = at;
    let [a, b] = [-offset / offsetVariance, -(slope - slopeMean) / slopeVariance];
    let [aa, ab, bb] = [1 / offsetVariance, 0, 1 / slopeVariance];
    for (const [x, y] of all) {
      const p = logistic(offset + slope * x);
      const weight = p * (1 - p);
      a += y - p;
      b += (y - p) * x;
      aa += weight;
      ab += weight * x;
      bb += weight * x * x;
    }
    const det = aa * bb - ab * ab;
    const step: [number, number] = [(bb * a - ab * b) / det, (aa * b - ab * a) / det];
    const before = posterior(at, all);
    let share = 1;
    const next = (): [number, number] => [offset + share * step[0], slope + share * step[1]];
    while (share > 1e-6 && posterior(next(), all) < before) share /= 2;
    at = next();
    if (Math.abs(step[0]) + Math.abs(step[1]) < 1e-9) break;
  }
  return at;
}

/** The logarithm of the posterior, up to a constant. */
function posterior([offset, slope]: [number, number], all: (readonly [number, number])[]): number {
  const likely = all.reduce((sum, [x, y]) => {
    const odds = offset + slope * x;
    return sum + (y === 1 ? -Math.log1p(Math.exp(-odds)) : -Math.log1p(Math.exp(odds)));
  }, 0);
  return likely - offset ** 2 / (2 * offsetVariance) - (slope - slopeMean) ** 2 / (2 * slopeVariance);
}

/** Log-odds of a share, which is kept off 0 and 1. */
function logit(share: number): number {
  const kept = Math.min(0.99, Math.max(0.01, share));
  return Math.log(kept / (1 - kept));
}

function logistic(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}
