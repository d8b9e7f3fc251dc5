import type { Bend, Fault } from './fault.ts';
import { withPartners } from './place.ts';

/** A partner outside gives no answer, and a service waits for it until its own callers give up. */
export const dependencyDown: Fault = {
  name: 'dependency-down',
  says: 'a partner of a service gives no answer, and the service waits for it',
  places: withPartners,
  bends: ({ service }): Bend[] => [
    { metric: 'envoy_cluster_upstream_rq_timeout', labels: { service }, by: 30, after: 0, over: 6 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 2.4, after: 1, over: 8 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 6, after: 3, over: 8 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 2, every: 1.7 },
      text: (nth) => `upstream request timeout: partner of ${service}, call ${(nth * 733 + 5).toString(16)}`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 6, every: 4.1 },
      text: () => `no healthy upstream for the partner of ${service}`,
    },
  ],
  mend: {
    template: 'switch-partner',
    fits: (target, { service, partner }) => service === target.service && partner === 'off',
  },
  recovery: 5,
};
