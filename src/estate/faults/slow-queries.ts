import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** A query without an index goes through a whole table again and again, and the database has time for little else. */
export const slowQueries: Fault = {
  name: 'slow-queries',
  says: 'queries of a service take minutes, and hold its database up',
  places: on('db'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'pg_stat_activity_max_tx_duration', labels: { instance: server }, by: 40, after: 0, over: 15 },
    { metric: 'node_disk_io_time_seconds_total', labels: { instance: server }, by: 1.4, after: 2, over: 12 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 2.2, after: 3, over: 10 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 2.5, after: 10, over: 10 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 4, every: 2.3 },
      text: (nth) =>
        `duration: ${21_400 + 1_700 * nth}.331 ms  statement: select * from ${service}_events where note like '%'`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 10, every: 4.3 },
      text: () => `canceling statement due to statement timeout, asked by ${service}`,
    },
  ],
  mend: { template: 'end-slow-queries', fits: isThere },
  recovery: 5,
};
