import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** A standby no longer takes what its primary sends, and what is read from it grows old. */
export const replicationLag: Fault = {
  name: 'replication-lag',
  says: 'a standby no longer follows its primary, and what is read there grows old',
  places: on('db'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'pg_replication_lag_seconds', labels: { instance: server }, by: 90, after: 0, over: 30 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 3.5, after: 8, over: 10 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 3, every: 2.9 },
      text: () => `terminating walreceiver due to timeout, ${server} waits for its primary`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 7, every: 2.3 },
      text: (nth) => `${service}: the standby of ${server} is ${9 + nth} s behind, its answer is refused`,
    },
  ],
  mend: { template: 'resume-replication', fits: (target, { server }) => server === target.server },
  recovery: 6,
};
