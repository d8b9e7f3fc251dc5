import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** A storage controller resets itself: the disk is slow, the CPU waits and packets are dropped, each within bounds by itself. */
export const storageController: Fault = {
  name: 'storage-controller',
  says: 'the storage controller of one of several servers resets itself again and again',
  places: on('search', 'web'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'node_disk_io_time_seconds_total', labels: { instance: server }, by: 2, after: 0, over: 8 },
    {
      metric: 'node_cpu_seconds_total',
      labels: { instance: server, mode: 'user' },
      by: 0.3,
      after: 2,
      over: 10,
    },
    { metric: 'node_network_receive_drop_total', labels: { instance: server }, by: 1.2, after: 3, over: 10 },
    { metric: 'http_request_duration_p95_seconds', labels: { service }, by: 1.5, after: 3, over: 10 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 2, after: 8, over: 8 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 2, every: 2.7 },
      text: (nth) => `blk_update_request: I/O error, dev sda on ${server}, sector ${8_123_400 + 8 * nth}`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 5, every: 4.9 },
      text: () => `kernel: megaraid_sas 0000:02:00.0: resetting fusion adapter scsi0`,
    },
  ],
  mend: {
    template: 'balance-server',
    fits: (target, { server, state }) => server === target.server && state === 'drain',
  },
  recovery: 5,
};
