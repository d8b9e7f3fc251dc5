import type { Fault } from './fault.ts';

const story = ['db', 'queue', 'search', 'web'];

/** Logs fill the disk of one server, and what runs there can no longer write. */
export const fullDisk: Fault = {
  name: 'full-disk',
  says: 'logs fill the disk of one server until nothing can be written',
  places: ({ inventory }) =>
    story.flatMap((of) =>
      inventory.servers
        .filter((server) => server.class === of)
        .map(({ id, services }) => ({ server: id, service: services[0] ?? '' })),
    ),
  bends: ({ server = '' }, { servers }) => [
    {
      metric: 'node_filesystem_avail_bytes',
      labels: { instance: server, mountpoint: '/' },
      by: -1,
      after: 0,
      over: 20,
    },
    ...(servers.find(({ id }) => id === server)?.services ?? []).map((service) => {
      return { metric: 'http_requests_errors_total', labels: { service }, by: 3, after: 8, over: 15 };
    }),
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      after: 4,
      every: 1.3,
      text: (nth) =>
        `could not extend /var/lib/${service}/segment-${4100 + nth} by 512 MB on ${server}: No space left on device`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      after: 9,
      every: 3.7,
      text: () => `write /var/log/${service}/current.log: No space left on device (ENOSPC)`,
    },
  ],
  mend: { template: 'rotate-logs', fits: (target, { server }) => server === target.server },
  recovery: 5,
};
