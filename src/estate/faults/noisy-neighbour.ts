import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** Another virtual machine takes the cores of the host, and a server gets too little time of them. */
export const noisyNeighbour: Fault = {
  name: 'noisy-neighbour',
  says: 'another virtual machine takes the cores that a server shares with it',
  places: on('app'),
  bends: ({ service, server = '' }): Bend[] => [
    {
      metric: 'node_cpu_seconds_total',
      labels: { instance: server, mode: 'steal' },
      by: 25,
      after: 0,
      over: 8,
    },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 1.4, after: 2, over: 10 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 1.2, after: 10, over: 10 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 2, every: 2.1 },
      text: (nth) => `${service} on ${server}: late by ${700 + 30 * nth} ms, vCPU not scheduled by its host`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 6, every: 5.3 },
      text: () => `kernel: watchdog: steal time above 40 % on ${server}`,
    },
  ],
  mend: { template: 'move-workload', fits: (target, { server }) => server === target.server },
  recovery: 5,
};
