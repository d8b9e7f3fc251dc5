// Where signals go on this site: what teams wish for, checked against who and what there is.
import { join } from 'node:path';
import type { Manifests } from './manifests.ts';
import { type Routing, unroutable } from './monitoring/routing.ts';
import type { Site } from './site.ts';
import { Refused } from './written.ts';

type On = Pick<Site, 'inventory' | 'places' | 'slack' | 'teams'>;

/** Throws `Refused`, naming the file and the place in it, when a team is none of this site's or a channel is on no open surface. */
export function routingOf({ folder, teams }: Pick<Manifests, 'folder' | 'teams'>, site: On): Routing {
  const surfaces = [site.slack ? 'slack' : [], site.teams ? 'teams' : []].flat();
  const wrong = unroutable(teams, site.inventory, surfaces);
  if (wrong.length > 0) throw new Refused(wrong.map((one) => `${join(folder, 'routing.yaml')}: ${one}`));
  return { ops: site.places.ops, teams };
}
