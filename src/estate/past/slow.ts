import type { Fault } from '../faults/fault.ts';

/** A disk that fills for hours, so that it is foretold: logs grow, and nothing fails before it is full. */
export const fillingDisk: Fault = {
  name: 'filling-disk',
  says: 'logs fill the disk of one server for hours',
  places: ({ inventory }) =>
    inventory.servers
      .filter((server) => ['web', 'search', 'queue'].includes(server.class))
      .map(({ id, services }) => ({ server: id, service: services[0] ?? '' })),
  bends: ({ server = '' }) => [
    {
      ...{ metric: 'node_filesystem_avail_bytes', labels: { instance: server, mountpoint: '/' } },
      ...{ by: -1, after: 0, over: 4 * 3_600 },
    },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 4 * 3_600, every: 3 },
      text: () => `write /var/log/${service}/current.log: No space left on device (ENOSPC)`,
    },
  ],
  mend: { template: 'rotate-logs', fits: (target, { server }) => server === target.server },
  recovery: 5,
};
