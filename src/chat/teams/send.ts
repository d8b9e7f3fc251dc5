import type { Activity } from 'botbuilder';
import type { ConnectorClient } from 'botframework-connector';
import { z } from 'zod';
import type { Db } from '../../postgres/database.ts';
import type { Card } from '../card.ts';
import { readerOf } from '../direct.ts';
import { type Spot, type Surface, Unreachable } from '../surface.ts';
import type { Connection } from './connect.ts';
import { directTo, notOpen } from './direct.ts';
import { messageId } from './hear.ts';
import { render } from './render.ts';
import { findReference, keepReference, type Reference } from './store.ts';
import { plainOf, type Speech } from './text.ts';

export type { Reference };

/** Makes conversations reachable before anybody has spoken in them. Safe to call twice. */
export async function introduce(db: Db, known: Reference[]): Promise<void> {
  for (const one of known) await keepReference(db, one);
}

interface Deps {
  db: Db;
  connection: Connection;
  speech: Speech;
  log: { info(message: string): void; warn(message: string): void };
}

/** Teams, as a surface: posts and edits by the stored way to each conversation. It cannot read back what it posted. */
export function openTeamsSurface({ db, connection, speech, log }: Deps): Surface {
  const closed = new Set<string>();
  const wayTo = async (place: string): Promise<Reference> => {
    if (readerOf(place) !== undefined) return await directTo({ db, connection }, place);
    const found = await findReference(db, conversationOf(place));
    if (found.kind !== 'there') throw new Unreachable(notThere[found.kind](place));
    return found.reference;
  };
  /** Said once until it can be reached again, because every card for it comes to the same. */
  const at = async <T>(place: string, work: (at: Reached) => Promise<T>): Promise<T> => {
    try {
      const done = await patiently(log, async () => {
        const reference = await wayTo(place);
        return await work({ reference, client: await connection.client(reference.serviceUrl) });
      });
      closed.delete(place);
      return done;
    } catch (error) {
      if (error instanceof Unreachable && !closed.has(place)) log.warn(error.message);
      if (error instanceof Unreachable) closed.add(place);
      throw error;
    }
  };
  return {
    post: ({ place, thread }: Spot, card: Card) =>
      at(place, async ({ reference, client }) => {
        const activity = activityOf(card, speech, reference);
        const id = await send(client, reference, activity, thread).catch((error) =>
          Promise.reject(isShut(error) ? new Unreachable(shutAt(place), { cause: error }) : error),
        );
        const message = messageId(id, reference.kind === 'channel' ? thread : undefined);
        return { message, ...(readerOf(place) === undefined && linkOf(reference, message)) };
      }),

    edit: (place, message, card) =>
      at(place, async ({ reference, client }) => {
        const { conversation, id } = addressOf(reference, message);
        const activity = { ...activityOf(card, speech, reference), id };
        try {
          await client.conversations.updateActivity(conversation, id, activity as Activity);
          return { kind: 'edited' as const };
        } catch (error) {
          if (statusOf(error) === 404) return { kind: 'gone' as const };
          throw error;
        }
      }),

    // Reading a channel back needs consent that a bot does not have; the row is the authority either way.
    find: async () => undefined,
    exists: async () => true,
    react: async () => {},
  };
}

interface Reached {
  reference: Reference;
  client: ConnectorClient;
}

/** Roster is not in that conversation, or there is none. */
function isShut(error: unknown): boolean {
  return [403, 404].includes(statusOf(error) ?? 0);
}

async function send(
  client: ConnectorClient,
  { id, kind, bot, tenant }: Reference,
  activity: Partial<Activity>,
  thread: string | undefined,
): Promise<string> {
  if (kind === 'chat' || thread !== undefined) {
    const conversation = kind === 'chat' ? id : `${id};messageid=${thread}`;
    const sent = await client.conversations.sendToConversation(conversation, activity as Activity);
    return sentSchema.parse(sent).id;
  }
  const made = await client.conversations.createConversation({
    isGroup: true,
    bot: { id: bot, name: '' },
    ...(tenant && { tenantId: tenant }),
    channelData: { channel: { id } },
    activity: activity as Activity,
  } as Parameters<typeof client.conversations.createConversation>[0]);
  const { id: conversation, activityId } = madeSchema.parse(made);
  return activityId ?? conversation.split(';messageid=')[1] ?? conversation;
}

const sentSchema = z.object({ id: z.string().min(1) });
const madeSchema = z.object({ id: z.string().min(1), activityId: z.string().optional() });

function activityOf(card: Card, speech: Speech, { bot }: Reference): Partial<Activity> {
  return {
    type: 'message',
    from: { id: bot, name: '' },
    summary: plainOf(card.fallback, speech),
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: render(card, speech) }],
  };
}

/** Where a message is edited: in a channel, within its thread. */
function addressOf({ id, kind }: Reference, message: string): { conversation: string; id: string } {
  const [root = message, reply] = message.split('/');
  if (kind === 'chat') return { conversation: id, id: message };
  return { conversation: `${id};messageid=${root}`, id: reply ?? root };
}

/** A team's group is not known here: Teams finds a channel by its own id. */
function linkOf({ id, kind, tenant }: Reference, message: string): { link?: string } {
  // The chat of one person with the app has no address.
  if (!id.startsWith('19:')) return {};
  const [root = message, reply] = message.split('/');
  const link = new URL(`https://teams.microsoft.com/l/message/${encodeURIComponent(id)}/${reply ?? root}`);
  if (tenant) link.searchParams.set('tenantId', tenant);
  if (kind === 'channel') link.searchParams.set('parentMessageId', root);
  else link.searchParams.set('context', '{"contextType":"chat"}');
  return { link: link.href };
}

const notThere = {
  unknown: (place: string) =>
    `Roster has not been installed in Teams yet, so ${place} cannot be reached: install the app in that team, or correct manifests/places.yaml.`,
  shut: (place: string) =>
    `Teams does not let Roster into ${place}, or there is no such conversation: install the app there, or correct manifests/places.yaml.`,
  removed: (place: string) =>
    `Roster was removed from ${place} in Teams: install the app there again, or correct manifests/places.yaml.`,
};

const shutAt = (place: string) => (readerOf(place) === undefined ? notThere.shut(place) : notOpen(place));

/** Waits out a rate limit, which means Teams did not take the call; anything else is the job's to retry. */
async function patiently<T>(log: Deps['log'], work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds === undefined || tries === 4 || seconds > 60) throw error;
      log.info(`Teams asks to wait ${seconds} s before the next call.`);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
  }
}

function retryAfter(error: unknown): number | undefined {
  if (statusOf(error) !== 429) return undefined;
  const { response } = error as { response?: { headers?: { get(name: string): string | undefined } } };
  const given = Number(response?.headers?.get('retry-after') ?? 1);
  return Number.isFinite(given) ? Math.max(given, 1) : 1;
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

function conversationOf(place: string): string {
  if (!place.startsWith('teams:')) throw new Error(`${place} is not a place in Teams.`);
  return place.slice('teams:'.length);
}
