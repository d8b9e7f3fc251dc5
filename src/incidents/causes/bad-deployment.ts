import { type Reading, signalAt } from '../../monitoring/reading.ts';
import type { Deployment } from '../../systems/loki/deployed.ts';
import type { CauseRule } from './cause.ts';
import { evidenceOf, weighed } from './cause.ts';

const recentMs = 30 * 60_000;
/** What fails later than this after a deployment may as well fail for another reason, unless it names the version. */
const atOnceMs = 5 * 60_000;

/** A service was deployed shortly before it began to fail, and the version that runs now is what fails. */
export const badDeployment: CauseRule = ({ deployments, readings, errors, onset, placed }) => {
  const running = deployments.filter(
    (one, place) => deployments.findIndex(({ service }) => service === one.service) === place,
  );
  const recent = running.filter((one) => {
    const before = onset.getTime() - one.at.getTime();
    return before > -60_000 && before <= recentMs && !isReturn(one, deployments);
  });
  return recent.flatMap(({ service, version, replacing, at }) => {
    const failing = readings.filter(
      (one) => one.subject === service && one.about === 'service' && one.z >= signalAt,
    );
    if (failing.length === 0) return [];
    const servers = placed.filter(({ services }) => services.includes(service)).map(({ server }) => server);
    const reasons = [
      { holds: onset.getTime() - at.getTime() <= atOnceMs, weight: 0.3, evidence: evidenceOf.deployments },
      {
        holds: failing.some(({ metric }) => metric === 'error_rate'),
        weight: 0.27,
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
        ...weighed(0.15, evidenceOf.deployments, reasons),
      },
    ];
  });
};

/** A version that ran before and was put back is no new one: what it replaced is what was found wanting. */
function isReturn({ service, version, at }: Deployment, all: Deployment[]): boolean {
  return all.some((one) => one.service === service && one.at < at && one.replacing === version);
}

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
