import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** A service takes the connections of a database and gives none back, until nobody gets one. */
export const connectionPool: Fault = {
  name: 'connection-pool',
  says: 'a service keeps the connections of its database until none is left',
  places: on('db'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'pg_stat_activity_count', labels: { instance: server }, by: 1.9, after: 0, over: 15 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 8, after: 8, over: 8 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 1.6, after: 5, over: 10 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 7, every: 1.7 },
      text: (nth) =>
        `timed out after ${5 + (nth % 4)} s waiting for a connection to ${server} from the pool of ${service}`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 9, every: 4.3 },
      text: () => `FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute`,
    },
  ],
  mend: { template: 'end-sessions', fits: isThere },
  recovery: 5,
};
