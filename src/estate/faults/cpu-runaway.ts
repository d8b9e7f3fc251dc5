import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** A service goes round in a circle: it takes every core of its server and answers late. */
export const cpuRunaway: Fault = {
  name: 'cpu-runaway',
  says: 'a service on one app server spins and takes every core',
  places: on('app'),
  bends: ({ service, server = '' }): Bend[] => [
    {
      metric: 'node_cpu_seconds_total',
      labels: { instance: server, mode: 'user' },
      by: 1.8,
      after: 0,
      over: 12,
    },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 1.1, after: 3, over: 15 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 1.5, after: 10, over: 15 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 5, every: 2.6 },
      text: (nth) =>
        `watchdog: worker ${nth % 4} of ${service} on ${server} is busy for ${8 + nth} s and answers nothing`,
    },
  ],
  mend: { template: 'restart-service', fits: isThere },
  recovery: 5,
};
