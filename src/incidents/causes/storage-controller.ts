import { twofold } from './cause.ts';

/** A disk is busy far beyond what is usual, and the kernel says that it cannot be read or that its controller resets itself. */
export const storageController = twofold({
  kind: 'storage-controller',
  metric: 'disk_io',
  about: 'server',
  lines: /I\/O error, dev |resetting (fusion )?adapter|task abort: /i,
  says: (_, server) => `the storage controller of ${server} fails`,
});
