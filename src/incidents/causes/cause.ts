import type { Gathered } from '../evidence/gathered.ts';
import type { Hypothesis } from '../incident.ts';

/** One kind of cause: what it would look like, and how strongly what was found speaks for it. Pure. */
export type CauseRule = (gathered: Gathered) => Hypothesis[];

/** Positions of the collectors' evidence, as `gather` numbers them. */
export const evidenceOf = {
  ...{ metrics: 'E1', errors: 'E2', deployments: 'E3', inventory: 'E4', traces: 'E5' },
  where: 'E10',
} as const;

/** One reason for or against a hypothesis. */
export interface Reason {
  holds: boolean;
  /** How much it adds to the confidence when it holds (negative: takes away). */
  weight: number;
  evidence: string;
}

const most = 0.95;

/**
 * Confidence by rule: what the defining observation alone is worth, plus the weights of the reasons that
 * hold, between 0 and 0.95. A starting point set by hand; outcomes have not calibrated it yet.
 */
export function weighed(
  base: number,
  defining: string,
  reasons: Reason[],
): Pick<Hypothesis, 'confidence' | 'for' | 'against'> {
  const holding = reasons.filter(({ holds }) => holds);
  const sum = holding.reduce((total, { weight }) => total + weight, base);
  return {
    confidence: Math.round(Math.min(most, Math.max(0, sum)) * 100) / 100,
    for: [
      ...new Set([defining, ...holding.filter(({ weight }) => weight > 0).map(({ evidence }) => evidence)]),
    ],
    against: [...new Set(holding.filter(({ weight }) => weight < 0).map(({ evidence }) => evidence))],
  };
}
