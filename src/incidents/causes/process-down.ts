import type { CauseRule } from './cause.ts';
import { crying, evidenceOf, isOff, weighed } from './cause.ts';

/** What a service manager writes of a process that was ended, and what its callers get from a port nobody listens on. */
const ended = /main process exited, code=(killed|dumped)|segmentation fault|\bprocess (died|was killed)\b/i;
const refused = /ECONNREFUSED|connection refused/i;
const restarting = /restart counter is at|back-?off restarting|start request repeated too quickly/i;

/** A process has ended and was not started again: its own server refuses what is sent to it, and its service fails. */
export const processDown: CauseRule = (gathered) => {
  const gone = [...crying(gathered, ended), ...crying(gathered, refused)];
  const places = gone.filter(
    ({ service, server }, nth) =>
      gone.findIndex((one) => one.service === service && one.server === server) === nth,
  );
  return places.flatMap(({ service, server }) => {
    const there = (says: RegExp) =>
      crying(gathered, says).find((one) => one.service === service && one.server === server)?.lines ?? [];
    const isRefused = there(refused).some(({ line }) => line.includes(server));
    const isEnded = there(ended).length > 0;
    if (!isEnded && !isRefused) return [];
    const reasons = [
      { holds: isEnded, weight: 0.3, evidence: evidenceOf.errors },
      { holds: isRefused, weight: 0.15, evidence: evidenceOf.errors },
      { holds: isOff(gathered, 'error_rate', service), weight: 0.15, evidence: evidenceOf.metrics },
      { holds: there(restarting).length > 0, weight: -0.4, evidence: evidenceOf.errors },
    ];
    return [
      {
        kind: 'process-down',
        says: `${service} on ${server} does not run any more`,
        known: { service, server },
        ...weighed(0.3, evidenceOf.errors, reasons),
      },
    ];
  });
};
