import type { Entry } from '../audit/entry.ts';
import type { Byline, Card } from '../chat/card.ts';
import type { Standings } from '../chat/standing.ts';
import type { IncidentId } from '../ids.ts';
import type { Heeded } from '../incidents/heeded.ts';
import { type Intervention, intervened } from '../incidents/intervene.ts';
import type { Responder } from '../incidents/responder.ts';
import type { Consequences } from '../jobs/save.ts';
import type { People, Person } from '../people/people.ts';
import { notKnown, objectionTo } from '../people/standing.ts';
import type { Tx } from '../postgres/database.ts';
import type { Delivery } from './store.ts';

/** What heeding an order needs. */
export interface Heeding {
  people: People;
  standings: Standings;
  responder: Responder;
}

export interface Order {
  incident: IncidentId;
  wanted: Intervention;
  /** Who gave it, by their account and never by their words; or why they may not. */
  from: { kind: 'person'; person: Person } | { kind: 'refused'; because: string };
}

/** An order with whoever gave it. */
export async function orderOf(
  heeding: Heeding,
  delivery: Delivery,
  order: Pick<Order, 'incident' | 'wanted'>,
): Promise<Order> {
  return { ...order, from: await giverOf(heeding, delivery) };
}

/** Whose word it is, by their account, whom the surface vouches for. */
export async function giverOf({ people, standings }: Heeding, { account }: Delivery): Promise<Order['from']> {
  const person = people.whoIs(account);
  if (!person) return { kind: 'refused', because: notKnown };
  const because = objectionTo(await standings.standingOf(account));
  return because ? { kind: 'refused', because } : { kind: 'person', person };
}

/** Does what was ordered in the caller's transaction, and returns the card that answers. */
export async function heed(
  { responder }: Heeding,
  tx: Tx,
  { incident, wanted, from }: Order,
  by: Byline,
): Promise<{ card: Card } & Consequences> {
  if (from.kind === 'refused') {
    const refused: Entry = {
      kind: 'door.refused',
      by: { roster: 'door' },
      about: { incident },
      facts: { intent: wanted.do },
      because: [from.because],
    };
    const result: Heeded = { kind: 'not-yours', because: from.because };
    return { card: answerOf(result, by), entries: [refused], jobs: [] };
  }
  const { result, entries, jobs } = await intervened(responder, tx, {
    id: incident,
    person: from.person,
    wanted,
  });
  return { card: answerOf(result, by), entries, jobs };
}

const titles: Record<Heeded['kind'], string> = {
  done: 'Done as you say',
  'not-now': 'Nothing was changed',
  'not-yours': 'Not yours to say',
};

function answerOf({ kind, because }: Heeded, by: Byline): Card {
  const title = titles[kind];
  const blocks = [{ kind: 'text' as const, text: because }];
  return { by, tone: kind === 'done' ? 'good' : 'warning', title, blocks, fallback: `${title}: ${because}` };
}
