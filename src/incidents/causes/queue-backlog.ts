import type { CauseRule } from './cause.ts';
import { crying, evidenceOf, isOff, weighed } from './cause.ts';

const says =
  /messages ready, consumers fall behind|publish .*blocked|consumer (is )?too slow|queue .*\b(is full|backlog)/i;

/** A queue is far longer than usual, and who works with it says that nothing is taken, or let in. */
export const queueBacklog: CauseRule = (gathered) => {
  const long = gathered.placed.filter(({ server }) => isOff(gathered, 'queue_length', server));
  return long.flatMap(({ server, services }) => {
    const said = crying(gathered, says).find((one) => one.server === server);
    const service = said?.service ?? (services.length === 1 ? services[0] : undefined);
    if (service === undefined) return [];
    const reasons = [
      { holds: said !== undefined, weight: 0.5, evidence: evidenceOf.errors },
      {
        holds: isOff(gathered, 'error_rate', service) || isOff(gathered, 'latency_p95', service),
        weight: 0.15,
        evidence: evidenceOf.metrics,
      },
    ];
    return [
      {
        kind: 'queue-backlog',
        says: `nobody takes enough from the queue of ${service} on ${server}`,
        known: { service, server },
        ...weighed(0.25, evidenceOf.metrics, reasons),
      },
    ];
  });
};
