import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** The clock of a server runs away from its time source, and what it signs is not believed. */
export const ntpDrift: Fault = {
  name: 'ntp-drift',
  says: 'the clock of a server runs away, and what it signs is not believed',
  places: on('web', 'search'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'node_timex_offset_seconds', labels: { instance: server }, by: 20_000, after: 0, over: 15 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 5, after: 6, over: 8 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 5, every: 1.9 },
      text: (nth) => `${service}: token refused, issued in the future: ${8 + nth} s ahead of its reader`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 7, every: 4.1 },
      text: () => `RequestTimeTooSkewed: a request of ${service} on ${server} is signed for another time`,
    },
  ],
  mend: { template: 'sync-clock', fits: (target, { server }) => server === target.server },
  recovery: 4,
};
