import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** The process of a service is killed on one server, and what is sent there is refused. */
export const processDown: Fault = {
  name: 'process-down',
  says: 'the process of a service on one server ends and does not come back',
  places: on('app', 'web', 'search'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'http_requests_errors_total', labels: { service }, by: 14, after: 0, over: 3 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 0.4, after: 2, over: 6 },
    // What does not run uses nothing.
    {
      metric: 'node_cpu_seconds_total',
      labels: { instance: server, mode: 'user' },
      by: -0.35,
      after: 0,
      over: 3,
    },
    { metric: 'node_memory_MemAvailable_bytes', labels: { instance: server }, by: 0.15, after: 0, over: 3 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 0.2, every: 3_600 },
      text: () => `${service}.service: Main process exited, code=killed, status=9/KILL`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 1, every: 1.1 },
      text: (nth) =>
        `connect ECONNREFUSED ${server}:8080, request ${(nth * 7919 + 31).toString(16)} given up`,
    },
  ],
  mend: { template: 'restart-service', fits: isThere },
  recovery: 4,
};
