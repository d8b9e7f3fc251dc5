import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Card } from '../card.ts';
import { type Spot, type Surface, Unreachable } from '../surface.ts';
import { channelIn, openChannels } from './channels.ts';
import { type Log, refusal, say } from './client.ts';
import { drawing } from './drawn.ts';
import { once, patiently } from './patience.ts';
import type { Speech } from './text.ts';
import type { Uploads } from './upload.ts';

interface Deps {
  /** From `openSlackClient`: one that repeats calls by itself would post twice. */
  client: webApi.WebClient;
  speech: Speech;
  /** For pictures that Slack cannot fetch; without it they are said in words. */
  uploads?: Uploads | undefined;
  log: Log;
}

/** Slack, as a surface: posts under the worker's own name and picture, edits, and finds by the first block's id. */
export function openSlackSurface({ client, speech, uploads, log }: Deps): Surface {
  const self = once(async () => identity.parse(await client.auth.test()));
  const channels = openChannels(client);
  const drawn = drawing({ speech, uploads, log });
  const shut = new Set<string>();
  /** Opened conversations are remembered; where Slack no longer knows one, nothing was done and it is opened anew. */
  const within: Call = async (place, work) => {
    const act = () => patiently(async () => await work(await channels.idOf(place)), log);
    return await act().catch((error) => {
      if (refusal(error) !== 'channel_not_found' || !channels.forget(place)) throw error;
      return act();
    });
  };
  /** That a place is shut is said once until it can be reached again, because every card for it comes to the same. */
  const call: Call = async (place, work) => {
    try {
      const done = await within(place, work);
      shut.delete(place);
      return done;
    } catch (error) {
      const told = explained(error, place);
      if (told instanceof Unreachable && !shut.has(place)) log.warn(told.message);
      if (told instanceof Unreachable) shut.add(place);
      throw told;
    }
  };

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

  async function posted(channel: string, message: string, thread: string | undefined) {
    const link = await linkOf(channel, message, thread);
    return { message, ...(link && { link }) };
  }

  return {
    async post({ place, thread }: Spot, card: Card, marker: string) {
      const body = {
        username: `${card.by.name}, AI worker`,
        icon_emoji: card.by.avatar,
        unfurl_links: false,
        unfurl_media: false,
      };
      const { channel, ts } = await call(place, async (channel) => {
        const under = { channel, ...(thread && { thread_ts: thread }) };
        const { ts } = await drawn(card, marker, (whole) =>
          client.chat.postMessage({ ...body, ...whole, ...under }),
        );
        return { channel, ts };
      });
      if (!ts) throw new Error('Slack took a message but did not say its id.');
      return await posted(channel, ts, thread);
    },

    async edit(place, message, card, marker) {
      return await call(place, (channel) =>
        unless(
          ['message_not_found'],
          { kind: 'gone' as const },
          drawn(card, marker, (whole) => client.chat.update({ channel, ts: message, ...whole })).then(() => ({
            kind: 'edited' as const,
          })),
        ),
      );
    },

    async find(spot, marker) {
      const { bot_id: own } = await call(spot.place, self);
      for await (const message of messagesAt(client, spot, call)) {
        if (own && message.bot_id === own && message.blocks[0]?.block_id === marker)
          return await call(spot.place, (channel) => posted(channel, message.ts, spot.thread));
      }
      return undefined;
    },

    async exists({ place, thread }, message) {
      const only = {
        ts: thread ?? message,
        oldest: message,
        latest: message,
        inclusive: true,
        limit: 5,
      };
      const found = await call(place, (channel) =>
        unless(
          ['thread_not_found', 'message_not_found'],
          undefined,
          client.conversations.replies({ channel, ...only }),
        ),
      );
      return page
        .parse(found ?? {})
        .messages.some((one) => one.ts === message && one.subtype !== 'tombstone');
    },

    async react(place, message, emoji) {
      const reaction = { timestamp: message, name: emoji.replaceAll(':', '') };
      await call(place, (channel) =>
        unless(
          ['already_reacted', 'message_not_found'],
          undefined,
          client.reactions.add({ channel, ...reaction }),
        ),
      );
    },
  };
}

/** Does something in the channel that a place is. */
type Call = <T>(place: string, work: (channel: string) => Promise<T>) => Promise<T>;

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
async function* messagesAt(client: webApi.WebClient, { place, thread }: Spot, call: Call) {
  let cursor = '';
  for (let pages = 0; pages < 10; pages += 1) {
    const part = { limit: 200, ...(cursor && { cursor }) };
    const answer = await call(place, (channel) =>
      thread
        ? client.conversations.replies({ channel, ...part, ts: thread })
        : client.conversations.history({ channel, ...part }),
    );
    const { messages, response_metadata: next } = page.parse(answer);
    yield* messages;
    cursor = next?.next_cursor ?? '';
    if (cursor === '') return;
  }
}

function explained(error: unknown, place: string): unknown {
  const channel = channelIn(place);
  const direct = channel.startsWith('@');
  switch (refusal(error)) {
    case 'not_in_channel':
    case 'channel_not_found':
      return new Error(
        direct
          ? `Slack does not know the direct conversation with ${channel} that it opened just now: it is tried again.`
          : `Roster is not in the Slack channel ${channel}, or there is none: type "/invite @Roster" in that channel, or correct manifests/places.yaml.`,
        { cause: error },
      );
    case 'is_archived':
      return new Error(
        `The Slack channel ${channel} is archived: unarchive it, or name another in manifests/places.yaml.`,
        { cause: error },
      );
    case 'messages_tab_disabled':
      return new Unreachable(
        `Slack does not let Roster write to ${place} directly: switch the Messages Tab on under App Home, as in manifests/slack.json.`,
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

function madeLink(workspace: string, channel: string, message: string, thread: string | undefined): string {
  const link = new URL(`archives/${channel}/p${message.replace('.', '')}`, workspace);
  if (thread) link.search = new URLSearchParams({ thread_ts: thread, cid: channel }).toString();
  return link.href;
}
