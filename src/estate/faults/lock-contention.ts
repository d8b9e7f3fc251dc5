import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** A session of a service holds locks in a transaction that it never ends, and everybody else waits for them. */
export const lockContention: Fault = {
  name: 'lock-contention',
  says: 'a session leaves a transaction open, and others wait for its locks',
  places: on('db'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'pg_locks_count', labels: { instance: server }, by: 6, after: 0, over: 12 },
    { metric: 'pg_stat_activity_count', labels: { instance: server }, by: 0.5, after: 4, over: 20 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 1.8, after: 3, over: 10 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 4, after: 9, over: 10 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 3, every: 2.1 },
      text: (nth) =>
        `process ${4100 + nth} of ${service} still waiting for ShareLock on transaction 918273 after ${1000 + 200 * nth} ms`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 9, every: 3.7 },
      text: () => `canceling statement due to lock timeout: update ${service}_state`,
    },
  ],
  mend: { template: 'end-blocking-sessions', fits: isThere },
  recovery: 5,
};
