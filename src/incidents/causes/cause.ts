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

/** A kind of cause that shows as a metric of a server or service, and in what a service logs there. */
interface Twofold {
  kind: string;
  metric: string;
  /** What the metric is about. */
  about: 'server' | 'service';
  /** The error lines that this kind of cause alone writes. */
  lines: RegExp;
  says(service: string, server: string): string;
  /** What speaks besides for it, or against it. */
  besides?(gathered: Gathered, at: { service: string; server: string }): Reason[];
}

/** One line may be anybody's. */
const fewest = 2;

/**
 * The rule for a cause that takes two witnesses: its metric far from usual, and its own error lines at the same place. One
 * of them alone, even where the service fails for another reason, stays below what anything is proposed for.
 */
export function twofold({ kind, metric, about, lines, says, besides = () => [] }: Twofold): CauseRule {
  return (gathered) =>
    suspected(gathered, metric, about, lines).map(({ service, server, isSaid, isFar }) => {
      const isHit = isOff(gathered, 'error_rate', service) || isOff(gathered, 'latency_p95', service);
      return {
        kind,
        says: says(service, server),
        known: { service, server },
        ...weighed(0.25, isFar ? evidenceOf.metrics : evidenceOf.errors, [
          { holds: isSaid && isFar, weight: 0.5, evidence: evidenceOf.errors },
          { holds: isHit, weight: 0.15, evidence: evidenceOf.metrics },
          ...besides(gathered, { service, server }),
        ]),
      };
    });
}

/** Where the lines are written; and where the metric is far off and nobody says why, if only one service can be meant. */
function suspected(gathered: Gathered, metric: string, about: Twofold['about'], lines: RegExp) {
  const said = crying(gathered, lines).filter((one) => one.lines.length >= fewest);
  const isFar = (service: string, server: string) =>
    isOff(gathered, metric, about === 'server' ? server : service);
  const told = said.map(({ service, server }) => {
    return { service, server, isSaid: true, isFar: isFar(service, server) };
  });
  const silent = gathered.placed.flatMap(({ server, services: [service, ...more] }) =>
    service !== undefined && more.length === 0 && isFar(service, server)
      ? [{ service, server, isSaid: false, isFar: true }]
      : [],
  );
  return [...told, ...silent.filter(({ server }) => !told.some((one) => one.server === server))];
}
