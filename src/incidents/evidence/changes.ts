import type { Change } from '../../monitoring/changes/change.ts';
import { changeLine, type Happened, happened } from '../../monitoring/changes/happened.ts';
import { type Deployment, deploymentsOf } from '../../systems/loki/deployed.ts';
import type { Loki } from '../../systems/loki/read.ts';
import { type About, collected, type Found } from './gathered.ts';

const backMs = 4 * 3_600_000;
const most = 4;

/** Deployments of these services in the last four hours, newest first, from the log of deployments. */
export function deployments(loki: Loki, services: string[], about: About): Promise<Found<Deployment>> {
  const range = lately(about);
  const query = `{job="deployments"} of ${services.join(', ')}`;
  return collected({ ...about, source: 'Deployments', query, range }, async () => {
    const items = await deploymentsOf(loki, services, range.from, range.to);
    return said(items, happened([], items), `none of ${services.join(', ')}`);
  });
}

/** The same and changes of configuration, as others told Roster of them. */
export function toldChanges(
  changesOf: (service: string, since: Date) => Promise<Change[]>,
  services: string[],
  about: About,
): Promise<Found<Change>> {
  const range = lately(about);
  const query = `what was told to Roster of ${services.join(', ')}`;
  return collected({ ...about, source: 'Changes', query, range }, async () => {
    const told = await Promise.all(services.map((one) => changesOf(one, range.from)));
    const items = [...new Set(told.flat())];
    return said(items, happened(items, []), 'none was told');
  });
}

function lately({ now }: About): { from: Date; to: Date } {
  return { from: new Date(now.getTime() - backMs), to: now };
}

function said<T>(items: T[], changes: Happened[], none: string) {
  const lines = changes
    .slice(0, most)
    .map((one) => `${changeLine(one)} at ${one.at.toISOString().slice(11, 16)} UTC`);
  const more = changes.length - lines.length;
  const found = [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  return changes.length === 0 ? { items, found: none, nothing: true } : { items, found };
}
