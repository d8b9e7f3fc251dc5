import { type Deployment, deploymentsOf } from '../../systems/loki/deployed.ts';
import type { Loki } from '../../systems/loki/read.ts';
import { collected, type Found } from './gathered.ts';

/** Deployments of these services between two times, newest first, from the log of deployments. */
export function deployments(
  loki: Loki,
  services: string[],
  from: Date,
  to: Date,
): Promise<Found<Deployment>> {
  return collected('Deployments', '{job="deployments"} of the last 4 h', async () => {
    const items = await deploymentsOf(loki, services, from, to);
    const newest = items[0];
    const found = newest
      ? `${newest.service} went from ${newest.replacing} to ${newest.version} at ${newest.at.toISOString().slice(11, 16)} UTC`
      : `none of ${services.join(', ')}`;
    return { items, found };
  });
}
