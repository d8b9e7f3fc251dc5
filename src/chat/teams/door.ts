import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TurnContext } from 'botbuilder';
import type { Db } from '../../postgres/database.ts';
import type { Handlers, Reply } from '../door.ts';
import { asInvoke, asMessage, type Shown } from './answer.ts';
import type { Connection } from './connect.ts';
import {
  type Arrived,
  accountOf,
  activitySchema,
  directIn,
  type Read,
  readActivity,
  splitConversation,
} from './hear.ts';
import type { Members } from './members.ts';
import { readPosted } from './posted.ts';
import { keepReference, setInstalled } from './store.ts';
import type { Speech } from './text.ts';

interface Deps {
  db: Db;
  connection: Connection;
  members: Members;
  handlers: Handlers;
  speech: Speech;
  /** The tenant that is served; undefined in a trial. */
  tenantId: string | undefined;
  /** Told of every request that is turned away, in words that repeat nothing of it. */
  turnedAway(because: string): void;
  log: { info(message: string): void; warn(message: string): void; error(message: string): void };
}

export interface TeamsDoor {
  /** Takes one request at `POST /api/messages` and answers it in every case. */
  take(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Nothing goes through any more; waits for what is under way, 10 s at most. */
  stop(): Promise<void>;
}

/** Teams' door. A delivery is acknowledged only once its handler has committed. */
export function openTeamsDoor(deps: Deps): TeamsDoor {
  const underWay = new Set<Promise<void>>();
  let stopping = false;
  return {
    take: async (request, response) => {
      if (stopping) return later(response);
      const work = take(deps, request, response).catch((error) => {
        deps.log.error(
          `A delivery from Teams was not acknowledged, because its handling failed: ${say(error)}`,
        );
        answer(response, 500, { error: 'Roster could not take this: send it again.' });
      });
      underWay.add(work);
      await work.finally(() => underWay.delete(work));
    },
    stop: async () => {
      stopping = true;
      const patience = new Promise((resolve) => setTimeout(resolve, 10_000).unref());
      await Promise.race([Promise.allSettled(underWay), patience]);
    },
  };
}

async function take(deps: Deps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const posted = await readPosted(request);
  if (posted.kind === 'refused') {
    if (posted.status === 405) response.setHeader('allow', 'POST');
    else deps.turnedAway(posted.because);
    return answer(response, posted.status, { error: `Refused: ${posted.because}.` });
  }
  const parsed = activitySchema.safeParse(posted.body);
  const authorization = request.headers.authorization ?? '';
  // Who sent it is asked before what it says: a stranger learns nothing of what would have been understood.
  const outcome: { refused?: Refusal } = {};
  const received = await deps.connection.receive(
    authorization,
    withDefaults(posted.body),
    async (context) => {
      outcome.refused = parsed.success ? objectionTo(deps, parsed.data) : unreadable;
      if (parsed.success && !outcome.refused) await handle(deps, parsed.data, context);
    },
  );
  const refused = received.kind === 'forged' ? forged : outcome.refused;
  if (refused) {
    deps.turnedAway(refused.because);
    return answer(response, refused.status, { error: `Refused: ${refused.because}.` });
  }
  const given = received.kind === 'taken' ? received.answer : undefined;
  return answer(response, given?.status ?? 200, given?.body);
}

interface Refusal {
  status: number;
  because: string;
}

const forged = { status: 401, because: 'the token is missing, expired or not the platform’s' };
const unreadable = { status: 400, because: 'the activity cannot be read' };

/** The library wants a type and a place of every activity, or fails in ways of its own. */
function withDefaults(body: Record<string, unknown>): Record<string, unknown> {
  return { type: 'unknown', channelId: '', serviceUrl: '', ...body };
}

/** A bot's other channels, such as a web page with a chat, let their visitors say who they are. */
function objectionTo({ tenantId }: Deps, arrived: Arrived): Refusal | undefined {
  if (tenantId === undefined) return undefined;
  if (arrived.channelId !== 'msteams')
    return { status: 403, because: 'it comes from another channel than Teams' };
  return tenantOf(arrived) === tenantId
    ? undefined
    : { status: 403, because: 'it comes from another tenant' };
}

function tenantOf({ channelData, conversation }: Arrived): string | null {
  return channelData?.tenant?.id ?? conversation.tenantId ?? null;
}

async function handle(deps: Deps, arrived: Arrived, context: TurnContext): Promise<void> {
  await remember(deps, arrived);
  const shown = await act(deps, readActivity(arrived));
  if (!shown) return;
  const { speech, log } = deps;
  // An invoke is answered in its response, to the one who acted; anything else by a message where it was said.
  if (arrived.type === 'invoke') {
    const value = { status: 200, body: asInvoke(shown, speech) };
    return void (await context.sendActivity({ type: 'invokeResponse', value }));
  }
  const message = asMessage(shown, speech);
  if (!message) return;
  // What was committed stays: an answer that cannot be shown must not make Teams send it all again.
  await context
    .sendActivity(message)
    .catch((error) => log.warn(`An answer could not be shown in Teams: ${say(error)}`));
}

/** Keeps the way back to where this came from. */
async function remember({ db, members }: Deps, arrived: Arrived): Promise<void> {
  const { conversation, channelData, serviceUrl, recipient } = arrived;
  const id = splitConversation(conversation.id).place.slice('teams:'.length);
  const kind = conversation.conversationType === 'channel' ? 'channel' : 'chat';
  const team = channelData?.team?.id ?? null;
  const reference = { id, kind, team, tenant: tenantOf(arrived), serviceUrl, bot: recipient.id } as const;
  await keepReference(db, reference, directIn(arrived));
  await members.keep({ account: accountOf(arrived), member: arrived.from.id, conversation: id, serviceUrl });
}

async function act({ db, handlers }: Deps, read: Read): Promise<Shown | undefined> {
  switch (read.kind) {
    case 'heard':
      await handlers.heard(read.heard);
      return undefined;
    case 'pressed':
      return await shownAt(handlers, read.pressed, await handlers.pressed(read.pressed));
    case 'submitted': {
      const { submitted, at, form } = read;
      const reply = await handlers.submitted(submitted);
      if (reply.kind !== 'note' || !form) return await shownAt(handlers, at, reply);
      const card = await handlers.current(at);
      const { answer, more } = submitted;
      return { kind: 'form', form, card, error: reply.text, answer, more };
    }
    case 'refresh':
      return await shownAt(handlers, read.at, { kind: 'nothing' });
    case 'installed':
      await setInstalled(db, read.place.slice('teams:'.length), true);
      return await welcomed(handlers, read);
    case 'removed':
      await setInstalled(db, read.place.slice('teams:'.length), false);
      return undefined;
    case 'refused':
      await handlers.refused(read.account, read.because);
      return { kind: 'note', text: `${read.because} Nothing was changed.` };
    case 'nothing':
      return undefined;
  }
}

type At = Parameters<Handlers['current']>[0];

async function welcomed(handlers: Handlers, at: Parameters<Handlers['welcomed']>[0]): Promise<Shown> {
  const { account, place, direct } = at;
  const reply = await handlers.welcomed({ account, place, direct });
  return reply.kind === 'form' ? { ...reply, card: undefined } : reply;
}

/** After something was done, and around a form, the card as the record has it now. */
async function shownAt(handlers: Handlers, at: At, reply: Reply): Promise<Shown> {
  if (reply.kind === 'note' || reply.kind === 'card') return reply;
  const { account, place, message } = at;
  const card = await handlers.current({ account, place, message });
  if (reply.kind === 'form') return { ...reply, card };
  return card ? { kind: 'current', card } : reply;
}

function later(response: ServerResponse): void {
  response.setHeader('retry-after', '10');
  answer(response, 503, { error: 'Roster is starting or stopping: send it again.' });
}

function answer(response: ServerResponse, status: number, given?: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (given === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(given));
}

function say(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\beyJ[\w.-]+/g, '[token]');
}
