import { randomUUID } from 'node:crypto';
import type { Charter } from '../charter/charter.ts';
import { versionOf } from '../charter/charter.ts';
import type { Heard } from '../chat/door.ts';
import { subjectAt, type View } from '../chat/show.ts';
import type { Surface } from '../chat/surface.ts';
import type { DeliveryId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import type { People } from '../people/people.ts';
import { understand } from './asked.ts';
import { insert, load, setAnswer } from './store.ts';
import { type Desk, tell } from './tell.ts';

export interface Hearing {
  store: Store;
  surface: Surface;
  people: People;
  /** The worker that is addressed. */
  charter: Charter;
  desk: Desk;
  log: { warn(message: string): void };
}

/** Keeps a message that addressed a worker and makes its answer due. Safe to call twice. */
export function keep({ store, people }: Omit<Hearing, 'surface'>, heard: Heard): Promise<void> {
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

/** Gives a sign of life, reads the answer from the record and makes it due to be shown. Safe to call twice. */
export async function hear({ store, surface, charter, desk, log }: Hearing, id: DeliveryId): Promise<void> {
  const delivery = await load(store.db, id);
  if (!delivery || delivery.answer) return;
  await surface.react(delivery.place, delivery.message, ':eyes:').catch((error) => {
    log.warn(`A sign of life could not be given, the answer comes all the same: ${error.message ?? error}`);
  });
  const thread = delivery.thread ? await subjectAt(store.db, delivery.place, delivery.thread) : undefined;
  const here = /^incident:(inc-\d+)$/.exec(thread?.subject ?? '')?.[1];
  const asked = understand(delivery.text, desk.inventory, here);
  const answer = await tell(desk, asked);
  await save(store, async (tx) => {
    if (!(await setAnswer(tx, id, answer))) return { result: undefined, entries: [], jobs: [] };
    const by = { worker: charter.worker, charter: versionOf(charter) };
    return {
      result: undefined,
      entries: [
        {
          kind: 'mention.answered',
          by,
          about: { delivery: id },
          facts: { asked: { ...asked }, model: 'none' },
          words: { title: answer.title },
        },
      ],
      jobs: [{ name: 'show', subject: `delivery:${id}` }],
    };
  });
}

/** Where and how the answer to a delivery is shown: in the thread of the message that asked. */
export async function answerViews({ store }: Hearing, id: string): Promise<View[]> {
  const delivery = await load(store.db, id as DeliveryId);
  if (!delivery?.answer) return [];
  return [
    {
      part: 'answer',
      place: delivery.place,
      thread: { message: delivery.thread ?? delivery.message },
      card: delivery.answer,
    },
  ];
}
