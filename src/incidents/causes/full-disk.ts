import { signalAt } from '../../monitoring/reading.ts';
import type { CauseRule } from './cause.ts';
import { evidenceOf, weighed } from './cause.ts';

const says = /no space left on device|ENOSPC|disk (is )?full/i;

/** A server's free disk space sinks far below what is usual, and what runs there cannot write. */
export const fullDisk: CauseRule = ({ readings, errors, placed }) => {
  const low = readings.filter(({ metric, z }) => metric === 'disk_available' && z >= signalAt);
  return low.map(({ subject: server }) => {
    const service = placed.find((one) => one.server === server)?.services[0];
    const cannotWrite = errors.some(({ line, labels }) => says.test(line) && labels.instance === server);
    return {
      kind: 'full-disk',
      says: `the disk of ${server} is filling up`,
      known: service ? { service, server } : { server },
      ...weighed(0.6, evidenceOf.metrics, [{ holds: cannotWrite, weight: 0.3, evidence: evidenceOf.errors }]),
    };
  });
};
