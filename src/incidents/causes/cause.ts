import { signalAt } from '../../monitoring/reading.ts';
import type { LogLine } from '../../systems/loki/read.ts';
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

/** Where a service runs of which error lines there say something: each service and server once, with its lines. */
export interface Crying {
  service: string;
  server: string;
  lines: LogLine[];
}

/** Every service and server whose error lines say this, the ones with the most lines first. Pure. */
export function crying({ errors }: Pick<Gathered, 'errors'>, says: RegExp): Crying[] {
  const said = errors.filter(({ line, labels }) => labels.app && labels.instance && says.test(line));
  const apart = Map.groupBy(said, ({ labels }) => `${labels.app} ${labels.instance}`);
  return [...apart.values()]
    .map((lines) => ({
      service: lines[0]?.labels.app ?? '',
      server: lines[0]?.labels.instance ?? '',
      lines,
    }))
    .sort((a, b) => b.lines.length - a.lines.length);
}

/** Whether a metric of this server or service is far from usual. Pure. */
export function isOff({ readings }: Pick<Gathered, 'readings'>, metric: string, subject: string): boolean {
  return readings.some((one) => one.metric === metric && one.subject === subject && one.z >= signalAt);
}
