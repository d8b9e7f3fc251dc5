import { signalAt } from '../../monitoring/reading.ts';
import type { Gathered } from '../evidence/gathered.ts';
import type { CauseRule } from './cause.ts';
import { evidenceOf, weighed } from './cause.ts';

const says = /out ?of ?memory|\boom\b|\bheap\b|\bgc pause|\bfull gc\b/i;

/** A server's free memory sinks far below what is usual, and a service on it complains of memory; a report may hold much of it too. */
export const memoryLeak: CauseRule = (gathered) => {
  const low = gathered.readings.filter(({ metric, z }) => metric === 'memory_available' && z >= signalAt);
  return low.flatMap(({ subject: server }) => {
    const service = suspect(gathered, server);
    if (!service) return [];
    const complains = gathered.errors.some(
      ({ line, labels }) => labels.instance === server && says.test(line),
    );
    const slow = gathered.readings.some(
      ({ subject, metric, z }) => subject === service && metric === 'latency_p95' && z >= signalAt,
    );
    const reasons = [
      { holds: complains, weight: 0.5, evidence: evidenceOf.errors },
      { holds: slow, weight: 0.1, evidence: evidenceOf.metrics },
    ];
    return [
      {
        kind: 'memory-leak',
        says: `${service} on ${server} is using up the server's memory`,
        known: { service, server },
        ...weighed(0.3, evidenceOf.metrics, reasons),
      },
    ];
  });
};

/** The service whose errors on that server speak of memory; else the only one there. */
function suspect({ errors, placed }: Gathered, server: string): string | undefined {
  const complaining = errors.find(({ line, labels }) => labels.instance === server && says.test(line))?.labels
    .app;
  const there = placed.find((one) => one.server === server)?.services ?? [];
  return complaining ?? (there.length === 1 ? there[0] : undefined);
}
