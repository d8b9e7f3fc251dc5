import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type Receiver, type SocketModeReceiver, type webApi } from '@slack/bolt';
import type { Card, Form } from '../card.ts';
import type { Handlers, Reply } from '../door.ts';
import { clientOptions, type Log, openSlackClient, quietLogger, refusal, say } from './client.ts';
import { drawForm, drawNote, readForm } from './form.ts';
import { readClick, readCommand, readMessage, type Whereabouts } from './hear.ts';
import { type Homes, openHomes, readOpened } from './home.ts';
import { type HttpReceiver, openHttpReceiver } from './http.ts';
import {
  type Deliveries,
  disconnect,
  holdAcknowledgements,
  keepConnecting,
  openSocketReceiver,
} from './receive.ts';
import { render } from './render.ts';
import { type Speech, write } from './text.ts';

/** How Slack reaches us: a socket that we open, or signed requests that it sends. */
export type Mode = { kind: 'socket'; appToken: string } | { kind: 'http'; signingSecret: string };

interface Site {
  botToken: string;
  mode: Mode;
  /** Where the Web API is, when not at slack.com; ends in `/api/`. */
  apiUrl?: string;
  handlers: Handlers;
  speech: Speech;
  log: Log;
  /** What the age of a signature is measured by. */
  now(): Date;
  /** Told of every request over HTTP that is turned away. */
  turnedAway(because: string): void;
}

export interface SlackDoor {
  client: webApi.WebClient;
  /** Over HTTP: takes one request of `POST /slack/events` and answers it in every case. */
  take: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  /** Connects. Throws one sentence when Slack refuses a token or does not answer. */
  start(): Promise<void>;
  /** Takes nothing new, lets what is under way finish and be acknowledged (10 s at most), disconnects. */
  stop(): Promise<void>;
}

/**
 * The way in from Slack, by Socket Mode or over HTTP. A delivery is acknowledged only after its handler committed: when
 * the handler throws, Slack keeps the delivery and sends an event again.
 */
export function openSlackDoor(site: Site): SlackDoor {
  const { log } = site;
  const client = openSlackClient(site);
  const deliveries = holdAcknowledgements();
  const { receiver, take, connect, close } = wayIn(site, deliveries);
  const logger = quietLogger(log);
  const app = new App({
    token: site.botToken,
    receiver,
    logger,
    clientOptions: clientOptions(site),
    convoStore: false,
    deferInitialization: true,
  });
  app.error(async (error) => Promise.reject(error));
  const homes = openHomes({ client, cardFor: site.handlers.home, speech: site.speech, log });
  listen(app, site, { client, homes });
  return {
    client,
    take,
    async start() {
      await app.init().catch((error) => Promise.reject(startError('SLACK_BOT_TOKEN', site, error)));
      await connect(app);
    },
    async stop() {
      await deliveries.finish();
      await homes.finish();
      await close();
    },
  };
}

interface WayIn {
  receiver: Receiver;
  take: HttpReceiver['take'] | undefined;
  connect(app: App): Promise<void>;
  close(): Promise<void>;
}

function wayIn(site: Site, deliveries: Deliveries): WayIn {
  const { mode, apiUrl, log, now, turnedAway } = site;
  switch (mode.kind) {
    case 'http': {
      const { signingSecret } = mode;
      const receiver = openHttpReceiver({ signingSecret, log, now, refused: turnedAway }, deliveries);
      return { receiver, take: receiver.take, connect: async () => {}, close: async () => {} };
    }
    case 'socket': {
      const { appToken } = mode;
      return bySocket(
        site,
        openSocketReceiver({ appToken, log, ...(apiUrl && { apiUrl }) }, deliveries.through),
      );
    }
  }
}

function bySocket(site: Site, receiver: SocketModeReceiver): WayIn {
  const stopping = new AbortController();
  return {
    receiver,
    take: undefined,
    async connect(app) {
      await within(30_000, app.start()).catch((error) =>
        Promise.reject(startError('SLACK_APP_TOKEN', site, error)),
      );
      keepConnecting(receiver, site.log, stopping.signal);
    },
    async close() {
      stopping.abort();
      await disconnect(receiver);
    },
  };
}

interface Ways {
  client: webApi.WebClient;
  homes: Homes;
}

function listen(app: App, { handlers, speech, log }: Site, { client, homes }: Ways): void {
  const hear = async ({ event, context }: { event: unknown; context: { botUserId?: string } }) => {
    const heard = readMessage(event, context.botUserId);
    if (heard) await handlers.heard(heard);
  };
  app.event('app_mention', hear);
  app.event('message', hear);

  // Acknowledged at once: what could not be published is made anew when it is opened again.
  app.event('app_home_opened', async ({ event }) => {
    const opened = readOpened(event);
    if (opened) homes.publish(opened.user, opened.shows);
  });

  app.action(/.*/, async ({ body, ack }) => {
    const click = readClick(body);
    if (!click) return await ack();
    const reply =
      click.kind === 'pressed'
        ? await handlers.pressed(click.pressed)
        : await refused(click.account, click.because);
    await ack();
    await privately(log, () => answer(client, speech, click.at, reply));
    if (click.at.home) homes.publish(click.at.user);
  });

  app.view(/.*/, async ({ body, ack }) => {
    const filled = readForm(body);
    if (!filled) return await ack();
    const reply =
      filled.kind === 'submitted'
        ? await handlers.submitted(filled.submitted)
        : await refused(filled.account, filled.because);
    if (reply.kind !== 'note' || filled.field === undefined) return await ack();
    const beside = reply.field ?? filled.field;
    await ack({ response_action: 'errors', errors: { [beside]: reply.text.slice(0, 2_000) } });
  });

  app.command('/roster', async ({ body, ack }) => {
    const read = readCommand(body);
    if (!read) return await ack();
    const reply = await handlers.commanded(read.commanded);
    await (reply.kind === 'note' || reply.kind === 'card' ? ack(aside(reply, speech)) : ack());
    if (reply.kind === 'form') await privately(log, () => openForm(client, read.trigger, reply.form));
  });

  async function refused(account: string, because: string): Promise<Reply> {
    await handlers.refused(account, because);
    return { kind: 'note', text: `${because} Nothing was changed.` };
  }
}

/** Answers a click to the one who clicked, in the thread where the button stands. */
async function answer(
  client: webApi.WebClient,
  speech: Speech,
  at: Whereabouts,
  reply: Reply,
): Promise<void> {
  if (reply.kind === 'nothing') return;
  if (reply.kind === 'form') return await openForm(client, at.trigger, reply.form);
  if (at.home && reply.kind === 'note')
    return void (await client.views.open({ trigger_id: at.trigger, view: drawNote(reply.text) }));
  if (!at.channel) return;
  const { response_type: _, ...words } = aside(reply, speech);
  await client.chat.postEphemeral({
    channel: at.channel,
    user: at.user,
    ...words,
    ...(at.thread && { thread_ts: at.thread }),
  });
}

async function openForm(client: webApi.WebClient, trigger: string, form: Form): Promise<void> {
  await client.views.open({ trigger_id: trigger, view: drawForm(form) });
}

function aside(reply: { kind: 'note'; text: string } | { kind: 'card'; card: Card }, speech: Speech) {
  switch (reply.kind) {
    case 'note':
      return { response_type: 'ephemeral' as const, text: write(reply.text, speech, 3_000) };
    case 'card':
      return { response_type: 'ephemeral' as const, ...render(reply.card, 'roster-private', speech) };
  }
}

/** What was committed stays; a note that cannot be shown must not make Slack send the click again. */
async function privately(log: Log, show: () => Promise<void>): Promise<void> {
  await show().catch((error) => log.warn(`A private answer could not be shown in Slack: ${say(error)}`));
}

function startError(variable: string, { apiUrl = 'https://slack.com/api/' }: Site, error: unknown): Error {
  const because = refusal(error);
  if (!because) return new Error(`Slack cannot be reached at ${apiUrl}: ${say(error)}`, { cause: error });
  return new Error(
    `Slack refuses ${variable} (${because}): copy it again from api.slack.com/apps, ${wanted[variable]}.`,
    { cause: error },
  );
}

const wanted: Record<string, string> = {
  SLACK_BOT_TOKEN: 'OAuth & Permissions, Bot User OAuth Token (xoxb-…)',
  SLACK_APP_TOKEN: 'Basic Information, App-Level Tokens, with the scope connections:write (xapp-…)',
};

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the socket did not open within 30 s')), milliseconds);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
