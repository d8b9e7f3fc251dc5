import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** A lock that a dead process left behind ends a service as soon as it starts, and it is started again and again. */
export const crashLoop: Fault = {
  name: 'crash-loop',
  says: 'a service on one server ends as soon as it starts, again and again',
  places: on('app', 'web', 'search'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'http_requests_errors_total', labels: { service }, by: 11, after: 0, over: 4 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 0.5, after: 2, over: 8 },
    {
      metric: 'node_cpu_seconds_total',
      labels: { instance: server, mode: 'user' },
      by: 0.35,
      after: 1,
      over: 5,
    },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 0.5, every: 2.9 },
      text: () => `${service}: /var/lib/${service}/run.lock is held by a process that is gone, ending`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 0.8, every: 2.9 },
      text: () => `${service}.service: Main process exited, code=exited, status=1/FAILURE`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 1.2, every: 2.9 },
      text: (nth) => `${service}.service: Scheduled restart job, restart counter is at ${nth + 1}.`,
    },
  ],
  mend: { template: 'reset-service', fits: isThere },
  recovery: 4,
};
