import type { CauseRule } from './cause.ts';
import { crying, evidenceOf, isOff, weighed } from './cause.ts';

const says = /\bbusy for \d+|event loop (is )?blocked|soft lockup|hung task|\bspinning\b|100 ?% cpu/i;

/** A server's CPU is used far beyond what is usual by a service that answers late, or says that it hangs. */
export const cpuRunaway: CauseRule = (gathered) => {
  const hot = gathered.placed.filter(({ server }) => isOff(gathered, 'cpu_used', server));
  return hot.flatMap(({ server, services }) => {
    const said = crying(gathered, says).find((one) => one.server === server);
    const slow = services.filter((one) => isOff(gathered, 'latency_p95', one));
    const service = said?.service ?? (slow.length === 1 ? slow[0] : undefined);
    if (service === undefined) return [];
    const reasons = [
      { holds: said !== undefined, weight: 0.5, evidence: evidenceOf.errors },
      { holds: slow.includes(service), weight: 0.15, evidence: evidenceOf.metrics },
      // Collecting garbage, waiting for a disk: the CPU follows what is short.
      {
        holds: isOff(gathered, 'memory_available', server) || isOff(gathered, 'disk_available', server),
        weight: -0.35,
        evidence: evidenceOf.metrics,
      },
    ];
    return [
      {
        kind: 'cpu-runaway',
        says: `${service} on ${server} uses up the server's CPU`,
        known: { service, server },
        ...weighed(0.25, evidenceOf.metrics, reasons),
      },
    ];
  });
};
