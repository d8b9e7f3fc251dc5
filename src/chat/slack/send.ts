import { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Card } from '../card.ts';
import type { Spot, Surface } from '../surface.ts';
import { type Log, refusal, say } from './client.ts';
import { type Rendered, render } from './render.ts';
import type { Speech } from './text.ts';

interface Deps {
  /** From `openSlackClient`: one that repeats calls by itself would post twice. */
  client: webApi.WebClient;
  speech: Speech;
  log: Log;
}

/** Slack, as a surface: posts under the worker's own name and picture, edits, and finds by the first block's id. */
export function openSlackSurface({ client, speech, log }: Deps): Surface {
  const self = once(async () => identity.parse(await client.auth.test()));
  const call = <T>(place: string, work: () => Promise<T>) => patiently(place, work, log);

  async function linkOf(
    channel: string,
    message: string,
    thread: string | undefined,
  ): Promise<string | undefined> {
    try {
      return (await client.chat.getPermalink({ channel, message_ts: message })).permalink;
    } catch (error) {
      log.warn(`Slack gave no link to a message, so it is made from the workspace's address: ${say(error)}`);
      return await self().then(
        ({ url }) => url && madeLink(url, channel, message, thread),
        () => undefined,
      );
    }
  }

  /** Slack fetches pictures while it takes a message and refuses all of it when it cannot: then words say what they show. */
  async function drawn<T>(card: Card, marker: string, send: (drawn: Rendered) => Promise<T>): Promise<T> {
    try {
      return await send(render(card, marker, speech));
    } catch (error) {
      if (refusal(error) !== 'invalid_blocks' || !card.blocks.some(({ kind }) => kind === 'picture'))
        throw error;
      log.warn(
        `Slack refuses a card with a picture, probably because it cannot fetch it from PUBLIC_URL; it is shown in words: ${say(error)}`,
      );
      return await send(render(card, marker, { ...speech, picture: () => undefined }));
    }
  }

  async function posted(channel: string, message: string, thread: string | undefined) {
    const link = await linkOf(channel, message, thread);
    return { message, ...(link && { link }) };
  }

  return {
    async post({ place, thread }: Spot, card: Card, marker: string) {
      const channel = channelOf(place);
      const body = {
        channel,
        username: `${card.by.name}, AI worker`,
        icon_emoji: card.by.avatar,
        unfurl_links: false,
        unfurl_media: false,
      };
      const { ts } = await call(place, () =>
        drawn(card, marker, (whole) =>
          client.chat.postMessage({ ...body, ...whole, ...(thread && { thread_ts: thread }) }),
        ),
      );
      if (!ts) throw new Error('Slack took a message but did not say its id.');
      return await posted(channel, ts, thread);
    },

    async edit(place, message, card, marker) {
      const body = { channel: channelOf(place), ts: message };
      return await call(place, () =>
        unless(
          ['message_not_found'],
          { kind: 'gone' as const },
          drawn(card, marker, (whole) => client.chat.update({ ...body, ...whole })).then(() => ({
            kind: 'edited' as const,
          })),
        ),
      );
    },

    async find(spot, marker) {
      const { bot_id: own } = await call(spot.place, self);
      for await (const message of messagesAt(client, spot, call)) {
        if (own && message.bot_id === own && message.blocks[0]?.block_id === marker)
          return await posted(channelOf(spot.place), message.ts, spot.thread);
      }
      return undefined;
    },

    async exists({ place, thread }, message) {
      const only = {
        channel: channelOf(place),
        ts: thread ?? message,
        oldest: message,
        latest: message,
        inclusive: true,
        limit: 5,
      };
      const found = await call(place, () =>
        unless(['thread_not_found', 'message_not_found'], undefined, client.conversations.replies(only)),
      );
      return page
        .parse(found ?? {})
        .messages.some((one) => one.ts === message && one.subtype !== 'tombstone');
    },

    async react(place, message, emoji) {
      const reaction = { channel: channelOf(place), timestamp: message, name: emoji.replaceAll(':', '') };
      await call(place, () =>
        unless(['already_reacted', 'message_not_found'], undefined, client.reactions.add(reaction)),
      );
    },
  };
}

const identity = z.object({ url: z.string().optional(), bot_id: z.string().optional() });

const page = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        subtype: z.string().optional(),
        bot_id: z.string().optional(),
        blocks: z.array(z.object({ block_id: z.string().optional() })).default([]),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().default('') }).optional(),
});

/** What stands at a spot, newest pages first in a channel; at most 2,000 messages back. */
async function* messagesAt(
  client: webApi.WebClient,
  { place, thread }: Spot,
  call: <T>(place: string, work: () => Promise<T>) => Promise<T>,
) {
  let cursor = '';
  for (let pages = 0; pages < 10; pages += 1) {
    const at = { channel: channelOf(place), limit: 200, ...(cursor && { cursor }) };
    const answer = await call(place, () =>
      thread ? client.conversations.replies({ ...at, ts: thread }) : client.conversations.history(at),
    );
    const { messages, response_metadata: next } = page.parse(answer);
    yield* messages;
    cursor = next?.next_cursor ?? '';
    if (cursor === '') return;
  }
}

/** Waits out a rate limit, which means Slack did not take the call; anything else is the job's to retry. */
async function patiently<T>(place: string, work: () => Promise<T>, log: Log): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof webApi.WebAPIRateLimitedError) || tries === 4 || error.retryAfter > 60)
        throw explained(error, place);
      log.info(`Slack asks to wait ${error.retryAfter} s before the next call.`);
      await new Promise((resolve) => setTimeout(resolve, error.retryAfter * 1_000));
    }
  }
}

function explained(error: unknown, place: string): unknown {
  const channel = channelOf(place);
  switch (refusal(error)) {
    case 'not_in_channel':
    case 'channel_not_found':
      return new Error(
        `Roster is not in the Slack channel ${channel}, or there is none: type "/invite @Roster" in that channel, or correct manifests/places.yaml.`,
        { cause: error },
      );
    case 'is_archived':
      return new Error(
        `The Slack channel ${channel} is archived: unarchive it, or name another in manifests/places.yaml.`,
        { cause: error },
      );
    default:
      return error;
  }
}

async function unless<T, U>(refusals: string[], instead: U, work: Promise<T>): Promise<T | U> {
  try {
    return await work;
  } catch (error) {
    if (refusals.includes(refusal(error) ?? '')) return instead;
    throw error;
  }
}

function channelOf(place: string): string {
  if (!place.startsWith('slack:')) throw new Error(`${place} is not a place in Slack.`);
  return place.slice('slack:'.length);
}

function madeLink(workspace: string, channel: string, message: string, thread: string | undefined): string {
  const link = new URL(`archives/${channel}/p${message.replace('.', '')}`, workspace);
  if (thread) link.search = new URLSearchParams({ thread_ts: thread, cid: channel }).toString();
  return link.href;
}

/** Asked once; a failure is not remembered. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
