import { deploymentIn } from '../../systems/loki/deployed.ts';
import type { Loki } from '../../systems/loki/read.ts';
import { collected, type Deployment, type Found } from './gathered.ts';

/** Deployments of these services between two times, newest first, from the log of deployments. */
export function deployments(
  loki: Loki,
  services: string[],
  from: Date,
  to: Date,
): Promise<Found<Deployment>> {
  return collected('Deployments', '{job="deployments"} of the last 4 h', async () => {
    const lines = await loki.queryRange('{job="deployments"}', from, to, 500);
    const items = lines
      .flatMap(({ at, line }) => parse(at, line))
      .filter(({ service }) => services.includes(service));
    const newest = items[0];
    const found = newest
      ? `${newest.service} went from ${newest.replacing} to ${newest.version} at ${newest.at.toISOString().slice(11, 16)} UTC`
      : `none of ${services.join(', ')}`;
    return { items, found };
  });
}

/** A line of the log of deployments that says all three; anything else is not one. */
function parse(at: Date, line: string): Deployment[] {
  const { service, version, replacing } = deploymentIn(line) ?? {};
  return service && version && replacing ? [{ at, service, version, replacing }] : [];
}
