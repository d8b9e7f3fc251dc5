import type { CauseRule } from './cause.ts';
import { crying, evidenceOf, isOff, weighed } from './cause.ts';

const restarted = /restart counter is at (\d+)/i;
const looping = /restart counter is at \d+|back-?off restarting|start request repeated too quickly/i;
/** Restarted as often as this it is no restart that somebody wanted. */
const often = 3;
const recentMs = 30 * 60_000;

/** A service ends as soon as it starts, again and again, and no new version of it is the reason. */
export const crashLoop: CauseRule = (gathered) =>
  crying(gathered, looping).flatMap(({ service, server, lines }) => {
    const counted = lines.flatMap(({ line }) => restarted.exec(line)?.[1] ?? []).map(Number);
    const times = counted.length > 0 ? Math.max(...counted) : lines.length;
    if (times < often) return [];
    const deployed = gathered.deployments.some(
      (one) => one.service === service && gathered.onset.getTime() - one.at.getTime() <= recentMs,
    );
    const reasons = [
      { holds: isOff(gathered, 'error_rate', service), weight: 0.3, evidence: evidenceOf.metrics },
      // A version that cannot start is rolled back, not reset.
      { holds: deployed, weight: -0.4, evidence: evidenceOf.deployments },
    ];
    return [
      {
        kind: 'crash-loop',
        says: `${service} on ${server} ends as soon as it starts, ${times} times by now`,
        known: { service, server },
        ...weighed(0.6, evidenceOf.errors, reasons),
      },
    ];
  });
