import type { Bend, Fault } from './fault.ts';
import { on } from './place.ts';

/** Countless small files use up the inodes of a server: there is room on its disk, and no file can be made. */
export const inodeExhaustion: Fault = {
  name: 'inode-exhaustion',
  says: 'countless small files use up the inodes of a disk that has room left',
  places: on('queue', 'web'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'node_filesystem_files_free', labels: { instance: server }, by: -1, after: 0, over: 20 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 4, after: 8, over: 12 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 4, every: 1.9 },
      text: (nth) =>
        `open /var/spool/${service}/part-${70_000 + nth} on ${server}: No space left on device (no free inodes)`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 8, every: 4.1 },
      text: (nth) => `${service} could not make a session file: ENOSPC, request ${(nth * 131).toString(16)}`,
    },
  ],
  mend: { template: 'clean-temporary-files', fits: (target, { server }) => server === target.server },
  recovery: 5,
};
