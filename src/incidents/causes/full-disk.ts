import { signalAt } from '../../monitoring/reading.ts';
import type { CauseRule } from './cause.ts';
import { evidenceOf, weighed } from './cause.ts';

const says = /no space left on device|ENOSPC|disk (is )?full/i;

/** Less than this share of what is usually free is as good as nothing. */
const asGoodAsFull = 0.15;

/** A server's free disk space sinks far below what is usual, and what runs there cannot write; a backup makes it sink too. */
export const fullDisk: CauseRule = ({ readings, errors, placed }) => {
  const low = readings.filter(({ metric, z }) => metric === 'disk_available' && z >= signalAt);
  return low.map(({ subject: server, value, mean }) => {
    const service = placed.find((one) => one.server === server)?.services[0];
    const cannotWrite = errors.some(({ line, labels }) => says.test(line) && labels.instance === server);
    return {
      kind: 'full-disk',
      says: `the disk of ${server} is filling up`,
      known: service ? { service, server } : { server },
      ...weighed(0.4, evidenceOf.metrics, [
        { holds: cannotWrite, weight: 0.5, evidence: evidenceOf.errors },
        { holds: value < asGoodAsFull * mean, weight: 0.2, evidence: evidenceOf.metrics },
      ]),
    };
  });
};
