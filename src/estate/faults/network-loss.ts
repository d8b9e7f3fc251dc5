import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** One of the two links of a server goes up and down, and every other packet is lost on it. */
export const networkLoss: Fault = {
  name: 'network-loss',
  says: 'a link of a server goes up and down and loses packets',
  places: on('app', 'queue', 'cache'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'node_network_receive_drop_total', labels: { instance: server }, by: 11, after: 0, over: 5 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 1.3, after: 2, over: 8 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 3, after: 4, over: 8 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 2, every: 3.1 },
      text: () => `kernel: bond0: link status definitely down for interface eth0 (${server})`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 4, every: 2.3 },
      text: (nth) =>
        `${service}: read ETIMEDOUT after ${3 + (nth % 3)} retransmissions, call ${(nth * 977).toString(16)}`,
    },
  ],
  mend: { template: 'fail-over-interface', fits: (target, { server }) => server === target.server },
  recovery: 4,
};
