import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** The resolver on a server gives no answers any more, and what runs there finds nobody. */
export const dnsFailure: Fault = {
  name: 'dns-failure',
  says: 'the resolver of a server answers nothing, and its services find nobody',
  places: on('app'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'coredns_dns_responses_total', labels: { instance: server }, by: 14, after: 0, over: 4 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 7, after: 2, over: 6 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 0.8, after: 2, over: 8 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 1, every: 1.5 },
      text: (nth) => `getaddrinfo EAI_AGAIN partner-${1 + (nth % 6)}.fernwood.internal asked by ${service}`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 4, every: 4.7 },
      text: () => `${service} on ${server}: Temporary failure in name resolution`,
    },
  ],
  mend: { template: 'restart-resolver', fits: (target, { server }) => server === target.server },
  recovery: 4,
};
