// What is watched closely: what people asked for, and where an incident is open.
import type { Core } from './handlers.ts';
import type { Incident } from './incidents/incident.ts';
import { openIncidents } from './incidents/read.ts';
import { watchClosely, wishes, wishIn, withServers } from './inventory/closely.ts';
import { closePace } from './monitoring/watch.ts';
import type { Person } from './people/people.ts';
import type { Db } from './postgres/database.ts';

/** Subjects such as `server:db-01`, with the servers of services. */
export async function watchedClosely(
  { store, site }: Pick<Core, 'store' | 'site'>,
  now: Date,
): Promise<ReadonlySet<string>> {
  const asked = (await wishes(store.db, now)).map(({ subject }) => subject);
  const open = (await broken(store.db)).map(({ service }) => `service:${service}`);
  return new Set([...asked, ...open].flatMap((subject) => withServers(site.inventory, subject)));
}

/** What is only foretold may be days ahead. */
async function broken(db: Db): Promise<Incident[]> {
  return (await openIncidents(db)).filter(({ kind }) => kind !== 'prediction');
}

const may = ['governor', 'on-call'];

/** What `watch` comes to: without words a list, with a name a wish of somebody who may have one. A sentence. */
export async function watch(core: Core, person: Person, words: string): Promise<string> {
  const { store, site, responder } = core;
  const now = responder.now();
  if (words.trim() === '') return listed(core, now);
  if (!person.roles.some((role) => may.includes(role)))
    return `Only ${may.join(' or ')} may do this: ask one of them. Nothing was changed.`;
  const why = 'Asked for by a person.';
  return watchClosely({ store, inventory: site.inventory, person: person.id, why, now }, wishIn(words));
}

async function listed({ store, responder }: Core, now: Date): Promise<string> {
  const asked = (await wishes(store.db, now)).map(
    ({ subject, until }) => `${subject.replace(/^\w+:/, '')} for ${minutes(until, now)} more minutes`,
  );
  const open = (await broken(store.db)).map(({ id, service }) => `${service} while ${id} is open`);
  const all = [...asked, ...open];
  const pace = `every ${Math.round(closePace(responder.monitor.cycleMs) / 1_000)} s`;
  return all.length === 0 ? 'Nothing is watched closely.' : `Watched closely, ${pace}: ${all.join('; ')}.`;
}

function minutes(until: Date, now: Date): number {
  return Math.ceil((until.getTime() - now.getTime()) / 60_000);
}
