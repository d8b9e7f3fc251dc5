import { evidenceOf, isOff, twofold } from './cause.ts';

/** A query is under way for far longer than usual, and a database tells which service asks so slowly. */
export const slowQueries = twofold({
  kind: 'slow-queries',
  metric: 'longest_query',
  about: 'server',
  lines: /\bduration: \d{5,}(\.\d+)? ms\b|due to statement timeout/i,
  says: (service, server) => `queries of ${service} take far too long on ${server}`,
  besides: (gathered, { server }) => [
    // Who waits for a lock is slow, and not to blame.
    { holds: isOff(gathered, 'database_locks', server), weight: -0.3, evidence: evidenceOf.metrics },
  ],
});
