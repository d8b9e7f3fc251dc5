import type { CauseRule } from './cause.ts';
import { crying, evidenceOf, isOff, weighed } from './cause.ts';

const says =
  /connection slots are reserved|too many (clients|connections)|waiting for a connection|connection pool (is )?exhausted|pool timeout/i;

/** A database has far more sessions than usual, and a service of it gets no connection. */
export const connectionPool: CauseRule = (gathered) =>
  crying(gathered, says).flatMap(({ service, server }) => {
    if (!gathered.placed.some((one) => one.server === server)) return [];
    const reasons = [
      { holds: isOff(gathered, 'connections', server), weight: 0.35, evidence: evidenceOf.metrics },
      {
        holds: isOff(gathered, 'error_rate', service) || isOff(gathered, 'latency_p95', service),
        weight: 0.1,
        evidence: evidenceOf.metrics,
      },
    ];
    return [
      {
        kind: 'connection-pool',
        says: `${service} has used up the connections of ${server}`,
        known: { service, server },
        ...weighed(0.45, evidenceOf.errors, reasons),
      },
    ];
  });
