import { type Reading, signalAt } from '../../monitoring/reading.ts';
import type { CauseRule } from './cause.ts';
import { evidenceOf, weighed } from './cause.ts';

const recentMs = 30 * 60_000;

/** A service was deployed shortly before it began to fail, and the version that runs now is what fails. */
export const badDeployment: CauseRule = ({ deployments, readings, errors, onset, placed }) => {
  const running = deployments.filter(
    (one, place) => deployments.findIndex(({ service }) => service === one.service) === place,
  );
  const recent = running.filter(({ at }) => {
    const before = onset.getTime() - at.getTime();
    return before > -60_000 && before <= recentMs;
  });
  return recent.flatMap(({ service, version, replacing }) => {
    const failing = readings.filter(
      (one) => one.subject === service && one.about === 'service' && one.z >= signalAt,
    );
    if (failing.length === 0) return [];
    const servers = placed.filter(({ services }) => services.includes(service)).map(({ server }) => server);
    const reasons = [
      {
        holds: failing.some(({ metric }) => metric === 'error_rate'),
        weight: 0.2,
        evidence: evidenceOf.metrics,
      },
      {
        holds: errors.some(({ line, labels }) => labels.app === service && names(line, version)),
        weight: 0.2,
        evidence: evidenceOf.errors,
      },
      { holds: readings.some((one) => isHurt(one, servers)), weight: -0.2, evidence: evidenceOf.metrics },
    ];
    return [
      {
        kind: 'bad-deployment',
        says: `${service} ${version}, deployed shortly before, is failing`,
        known: { service, version, previous_version: replacing },
        ...weighed(0.52, evidenceOf.deployments, reasons),
      },
    ];
  });
};

/** Whether a line names exactly this version: 2.1 is not in 12.1, 2.10 or 2.1.4. */
function names(line: string, version: string): boolean {
  const around = line.split(version);
  return around.some((before, place) => {
    const after = around[place + 1];
    return after !== undefined && !/\d[.-]?$/.test(before) && !/^([\w+-]|[.]\d)/.test(after);
  });
}

/** A server of the service is in trouble of its own, which a bad version would not explain. */
function isHurt({ about, subject, metric, z }: Reading, servers: string[]): boolean {
  return about === 'server' && servers.includes(subject) && z >= signalAt && metric !== 'cpu_used';
}
