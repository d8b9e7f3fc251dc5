import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import { readerOf } from '../direct.ts';
import { Unreachable } from '../surface.ts';
import { refusal } from './client.ts';
import { once } from './patience.ts';

export interface Channels {
  /** The id under which Slack knows a place; a direct conversation is opened the first time. Throws `Unreachable` where there is none. */
  idOf(place: string): Promise<string>;
  /** Opens a direct conversation anew the next time; false where none was open. */
  forget(place: string): boolean;
}

/** Channels by their own id, direct conversations by whom they are with. */
export function openChannels(client: webApi.WebClient): Channels {
  const opened = new Map<string, () => Promise<string>>();
  return {
    idOf: async (place) => {
      if (readerOf(place) === undefined) return channelIn(place);
      const known = opened.get(place) ?? once(() => open(client, place));
      opened.set(place, known);
      return await known();
    },
    forget: (place) => opened.delete(place),
  };
}

/** What a place is called in Slack: a channel's id, or `@` and an account's. */
export function channelIn(place: string): string {
  if (!place.startsWith('slack:')) throw new Error(`${place} is not a place in Slack.`);
  return place.slice('slack:'.length);
}

const answered = z.object({ channel: z.object({ id: z.string(), user: z.string().optional() }) });

async function open(client: webApi.WebClient, place: string): Promise<string> {
  const user = /^slack:@([UW][A-Z0-9]{2,30})$/.exec(place)?.[1];
  // Slack takes a list here, and would open a conversation of several.
  if (user === undefined) throw new Unreachable(noAccount(place));
  try {
    const { channel } = answered.parse(await client.conversations.open({ users: user, return_im: true }));
    if (/^D[A-Z0-9]+$/.test(channel.id) && (channel.user ?? user) === user) return channel.id;
  } catch (error) {
    const because = reasons[refusal(error) ?? '']?.(place);
    throw because === undefined ? error : new Unreachable(because, { cause: error });
  }
  throw new Unreachable(
    `Slack opened another conversation than the one with ${place}, so nothing was posted: correct that account in manifests/people.yaml.`,
  );
}

const noAccount = (place: string) =>
  `${place} is nobody's direct conversation in Slack, so nothing was posted: correct that account in manifests/people.yaml.`;
const shut = (place: string) =>
  `Slack does not let Roster write to ${place} directly, because that account is deactivated or out of its reach: correct manifests/people.yaml.`;

/** Slack's refusals that no later try would change. */
const reasons: Record<string, (place: string) => string> = {
  user_not_found: noAccount,
  users_not_found: noAccount,
  user_not_visible: shut,
  user_disabled: shut,
  invalid_user_combination: shut,
  cannot_dm_bot: shut,
  missing_scope: (place) =>
    `Slack does not let Roster open ${place}, because the app lacks the scope im:write: add it as in manifests/slack.json and install the app again.`,
};
