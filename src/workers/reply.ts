import type { Json } from '../audit/entry.ts';
import type { Charter } from '../charter/charter.ts';
import type { Card, Text } from '../chat/card.ts';
import type { IncidentId } from '../ids.ts';
import { incident as findIncident, openIncidents } from '../incidents/read.ts';
import type { Consequences } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { tellTheirs } from '../standup/people.ts';
import { addressed } from './addressed.ts';
import { giverOf, type Heeding, heed, type Order } from './heed.ts';
import { meantBy, type Reply, replyIn } from './replied.ts';
import type { Delivery } from './store.ts';
import type { Desk } from './tell.ts';
import { openOn } from './touching.ts';

/** What a reply to a stand-up comes to: orders, somebody's own stand-up, or a question back. */
export type Replying =
  | { kind: 'orders'; orders: Order[] }
  | { kind: 'mine'; standup: string; words: string; from: Order['from'] }
  | { kind: 'unclear'; because: string };

interface Replier extends Heeding {
  team: { workers(): Charter[] };
  desk: Desk;
}

/** What a reply to a stand-up wants; undefined when it only asks, which is answered as anywhere. */
export async function replyingTo(
  replier: Replier,
  delivery: Delivery,
  standup: string,
): Promise<Replying | undefined> {
  const { people, desk, team } = replier;
  const [surface = ''] = delivery.account.split(':');
  const worker = { name: desk.by.name, isNamed: addressed(delivery.text, team.workers()) !== undefined };
  const reply = replyIn(delivery.text, { worker, people, surface, inventory: desk.inventory });
  if (!reply || reply.kind === 'unclear') return reply;
  if (reply.kind === 'mine')
    return { kind: 'mine', standup, words: reply.words, from: await giverOf(replier, delivery) };
  return ordersOf(replier, delivery, reply);
}

async function ordersOf(
  replier: Replier,
  delivery: Delivery,
  reply: Extract<Reply, { kind: 'order' | 'leave' }>,
): Promise<Replying> {
  const { desk } = replier;
  const from = await giverOf(replier, delivery);
  if (reply.kind === 'leave') {
    const touched = await openOn(desk.db, desk.inventory, reply.id);
    const wanted = { do: 'redirect' as const, words: `not ${reply.id}` };
    const because = `No open incident touches ${reply.id}, so nothing was changed.`;
    if (touched.length === 0) return { kind: 'unclear', because };
    return { kind: 'orders', orders: touched.map(({ id }) => ({ incident: id, wanted, from })) };
  }
  const meant = meantBy(reply, await openIncidents(desk.db));
  if (meant.kind === 'unclear') return meant;
  for (const id of meant.incidents)
    if (!(await findIncident(desk.db, id)))
      return { kind: 'unclear', because: `There is no incident ${id}, so nothing was changed.` };
  return {
    kind: 'orders',
    orders: meant.incidents.map((incident) => ({ incident, wanted: reply.wanted, from })),
  };
}

/** Does what a reply wants in the caller's transaction, and returns the card that answers. */
export async function reply(
  replier: Replier,
  tx: Tx,
  replying: Replying,
): Promise<{ card: Card; asked: { [name: string]: Json } } & Consequences> {
  const { desk, responder } = replier;
  switch (replying.kind) {
    case 'unclear':
      return { card: said(desk, replying.because), asked: { about: 'unclear' }, entries: [], jobs: [] };
    case 'mine': {
      const { standup, words, from } = replying;
      const asked = { about: 'mine', standup };
      if (from.kind === 'refused') {
        const { because } = from;
        const by = { roster: 'door' };
        const tried = { kind: 'door.refused' as const, by, facts: { intent: 'mine' }, because: [because] };
        return { card: said(desk, because), asked, entries: [tried], jobs: [] };
      }
      const person = from.person.id;
      const { result, ...rest } = await tellTheirs(tx, { standup, person, words, now: responder.now() });
      return { card: said(desk, result, rest.entries.length > 0), asked, ...rest };
    }
    case 'orders':
      return obey(replier, tx, replying.orders);
  }
}

async function obey(replier: Replier, tx: Tx, orders: Order[]): Promise<Awaited<ReturnType<typeof reply>>> {
  const done: { incident: IncidentId; card: Card }[] = [];
  const rest: Consequences = { entries: [], jobs: [] };
  for (const order of orders) {
    const { card, entries, jobs } = await heed(replier, tx, order, replier.desk.by);
    done.push({ incident: order.incident, card });
    rest.entries.push(...entries);
    rest.jobs.push(...jobs);
  }
  const asked = {
    about: 'order',
    incidents: done.map(({ incident }) => incident),
    do: orders[0]?.wanted.do ?? '',
  };
  return { card: together(replier.desk, done), asked, ...rest };
}

/** One answer to what may be about several, each named. */
function together({ by }: Desk, done: { incident: IncidentId; card: Card }[]): Card {
  const worst = done.find(({ card }) => card.tone !== 'good') ?? done[0];
  const { title = '', tone = 'neutral' } = worst?.card ?? {};
  const lines = done.map(
    ({ incident, card }): Text => [
      { bold: incident },
      `: ${card.blocks.flatMap((one) => (one.kind === 'text' ? [String(one.text)] : [])).join(' ')}`,
    ],
  );
  const names = done.map(({ incident }) => incident).join(', ');
  return {
    ...{ by, tone, title },
    blocks: lines.map((text) => ({ kind: 'text', text })),
    fallback: `${title}: ${names}`,
  };
}

function said({ by }: Desk, because: string, good = false): Card {
  const title = good ? 'Noted' : 'Nothing was changed';
  const blocks = [{ kind: 'text' as const, text: because }];
  return { by, tone: good ? 'good' : 'neutral', title, blocks, fallback: `${title}: ${because}` };
}
