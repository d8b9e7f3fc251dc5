import { randomUUID } from 'node:crypto';
import type { Json } from '../audit/entry.ts';
import { bylineOf } from '../charter/byline.ts';
import type { Charter } from '../charter/charter.ts';
import { versionOf } from '../charter/charter.ts';
import type { Card } from '../chat/card.ts';
import type { Heard } from '../chat/door.ts';
import type { Votable } from '../chat/intent.ts';
import { subjectAt, type View } from '../chat/show.ts';
import type { Surface } from '../chat/surface.ts';
import { thumbsOn } from '../chat/thumbs.ts';
import type { DeliveryId, IncidentId, WorkerId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { thumbsOf } from '../scorecards/feedback/vote.ts';
import { addressed } from './addressed.ts';
import { understand } from './asked.ts';
import { type Heeding, heed, type Order, orderOf } from './heed.ts';
import { orderIn } from './ordered.ts';
import { type Replying, reply, replyingTo } from './reply.ts';
import { amendmentIn } from './reviewing.ts';
import { type Delivery, insert, load, lockUnanswered, setAnswer } from './store.ts';
import { type Desk, tell } from './tell.ts';

export interface Hearing extends Heeding {
  store: Store;
  surface: Surface;
  /** Who answers where nobody is addressed by name. */
  charter: Charter;
  /** Who can be. */
  team: { workers(): Charter[] };
  desk: Desk;
  /** A command's answer to words that begin with one; undefined for any other. What one delivery asks for is asked for once. */
  commanded(
    account: string,
    text: string,
    delivery: Pick<Delivery, 'id' | 'direct'>,
  ): Promise<Card | undefined>;
  log: { warn(message: string): void };
}

/** Keeps a message that addressed a worker and makes its answer due. Safe to call twice. */
export function keep({ store, people }: Pick<Hearing, 'store' | 'people'>, heard: Heard): Promise<void> {
  const id = `dlv-${randomUUID()}` as DeliveryId;
  return save(store, async (tx) => {
    if (!(await insert(tx, id, heard))) return { result: undefined, entries: [], jobs: [] };
    const person = people.whoIs(heard.account)?.id;
    const by = person ? { person } : { roster: 'door' };
    const facts = { account: heard.account, place: heard.place, message: heard.message };
    return {
      result: undefined,
      entries: [{ kind: 'mention.heard', by, about: { delivery: id }, facts, words: { text: heard.text } }],
      jobs: [{ name: 'hear', delivery: id }],
    };
  });
}

/**
 * Gives a sign of life, does what was ordered in the thread of an incident or a stand-up, obeys a command or reads the
 * answer from the record, and makes the answer due to be shown. Safe to call twice.
 */
export async function hear(hearing: Hearing, id: DeliveryId): Promise<void> {
  const { store, surface, log } = hearing;
  const delivery = await load(store.db, id);
  if (!delivery || delivery.answer) return;
  const charter = addressed(delivery.text, hearing.team.workers()) ?? hearing.charter;
  const desk: Desk = { ...hearing.desk, by: bylineOf(charter) };
  await surface.react(delivery.place, delivery.message, ':eyes:').catch((error) => {
    log.warn(`A sign of life could not be given, the answer comes all the same: ${error.message ?? error}`);
  });
  const thread = delivery.thread
    ? await subjectAt(store.db, delivery.place, delivery.thread, delivery.account)
    : undefined;
  const here = /^incident:(inc-\d+)$/.exec(thread?.subject ?? '')?.[1];
  const wanted = here ? wishIn(hearing, delivery, charter.name) : undefined;
  const order = wanted && (await orderOf(hearing, delivery, { incident: here as IncidentId, wanted }));
  const standup = /^standup:(.+)$/.exec(thread?.subject ?? '')?.[1];
  const replying = standup ? await replyingTo({ ...hearing, desk }, delivery, standup) : undefined;
  const answering = order
    ? { order }
    : replying
      ? { replying }
      : await told({ ...hearing, desk }, delivery, here);
  await save(store, async (tx) => {
    if (!(await lockUnanswered(tx, id))) return { result: undefined, entries: [], jobs: [] };
    const { card: answer, asked, entries, jobs } = await answered({ ...hearing, desk }, tx, answering);
    const own = asked.about !== 'command' && asked.about !== 'order';
    await setAnswer(tx, id, answer, own ? charter.worker : null);
    const by = { worker: charter.worker, charter: versionOf(charter) };
    return {
      result: undefined,
      entries: [
        ...entries,
        {
          kind: 'mention.answered',
          by,
          about: { delivery: id },
          facts: { asked, model: 'none' },
          words: { title: answer.title },
        },
      ],
      jobs: [...jobs, { name: 'show', subject: `delivery:${id}` }],
    };
  });
}

/** What is to be made of the post-mortem, or what is to be done otherwise. */
function wishIn({ people, desk }: Hearing, { text, account }: Delivery, worker: string) {
  const [surface = ''] = account.split(':');
  return amendmentIn(text, worker, people, surface) ?? orderIn(text, worker, desk.inventory);
}

type Answering = { order: Order } | { replying: Replying } | Answer;
type Answer = { card: Card; asked: { [name: string]: Json | undefined } };

async function told(
  { desk, commanded }: Hearing,
  { id, account, text, place, direct }: Delivery,
  here: string | undefined,
): Promise<Answer> {
  const card = await commanded(account, text, { id, direct });
  if (card) return { card, asked: { about: 'command' } };
  const asked = understand(text, desk.inventory, here);
  return { card: await tell(desk, asked, place), asked: { ...asked } };
}

/** Orders are done in the transaction that keeps their answer: never twice, whatever is delivered again. */
async function answered(hearing: Hearing, tx: Tx, answering: Answering): Promise<Answer & Consequences> {
  if ('replying' in answering) return reply(hearing, tx, answering.replying);
  if (!('order' in answering)) return { ...answering, entries: [], jobs: [] };
  const { incident, wanted } = answering.order;
  const asked = { about: 'order', incident, do: wanted.do };
  return { ...(await heed(hearing, tx, answering.order, hearing.desk.by)), asked };
}

/** Where and how the answer to a delivery is shown: in the thread of the message that asked. */
export async function answerViews({ store }: Pick<Hearing, 'store'>, id: string): Promise<View[]> {
  const delivery = await load(store.db, id as DeliveryId);
  if (!delivery?.answer) return [];
  const { place, thread, message, answer, answeredBy } = delivery;
  const card = answeredBy ? await withThumbs(store.db, answer, `delivery:${id}`) : answer;
  return [{ part: 'answer', place, thread: { message: thread ?? message }, card }];
}

async function withThumbs(db: Db, card: Card, subject: Votable): Promise<Card> {
  const buttons = thumbsOn(subject, await thumbsOf(db, subject));
  return { ...card, blocks: [...card.blocks, { kind: 'buttons', buttons }] };
}

/** Who answered what was said in a delivery; undefined where a command or an order was, or nobody answered yet. */
export async function whoAnswered(db: Db, id: DeliveryId): Promise<WorkerId | undefined> {
  return (await load(db, id))?.answeredBy ?? undefined;
}
