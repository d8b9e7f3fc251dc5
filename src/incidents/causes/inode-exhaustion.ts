import { evidenceOf, isOff, twofold } from './cause.ts';

/** The free inodes of a server sink far below what is usual, and no file can be made there though the disk has room. */
export const inodeExhaustion = twofold({
  kind: 'inode-exhaustion',
  metric: 'inodes_free',
  about: 'server',
  lines: /no space left on device|ENOSPC|(no free|out of) inodes/i,
  says: (_, server) => `small files have used up the inodes of ${server}`,
  besides: (gathered, { server }) => [
    // A full disk says the same, and needs other files gone.
    { holds: isOff(gathered, 'disk_available', server), weight: -0.5, evidence: evidenceOf.metrics },
  ],
});
