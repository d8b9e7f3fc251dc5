import { z } from 'zod';
import type { Commanded, Heard, Pressed } from '../door.ts';
import { type Intent, readIntent } from '../intent.ts';

const message = z.object({
  type: z.enum(['app_mention', 'message']),
  channel: z.string(),
  channel_type: z.string().optional(),
  user: z.string(),
  text: z.string().default(''),
  ts: z.string(),
  thread_ts: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  edited: z.unknown().optional(),
});

/**
 * A message that addresses the app: a mention in a channel, or any message in a direct conversation.
 * Undefined for the rest: what bots say (ourselves too), edits, deletions, joins, and other people's talk.
 */
export function readMessage(event: unknown, self: string | undefined): Heard | undefined {
  const { data } = message.safeParse(event);
  if (!data || data.bot_id || data.subtype || data.edited !== undefined || data.user === self)
    return undefined;
  const direct = data.channel_type === 'im' || data.channel.startsWith('D');
  // In a direct conversation a mention may come as both events; in a channel only the mention is meant for us.
  if (direct !== (data.type === 'message')) return undefined;
  const thread = data.thread_ts === data.ts ? undefined : data.thread_ts;
  return {
    account: `slack:${data.user}`,
    place: `slack:${data.channel}`,
    message: data.ts,
    ...(thread !== undefined && { thread }),
    text: readWords(data.text, self),
    direct,
  };
}

/** What somebody typed, without Slack's encoding and without the mention of `self`. */
export function readWords(text: string, self: string | undefined): string {
  const words = text.replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, inner: string, label: string | undefined) => {
    if (self !== undefined && inner === `@${self}`) return ' ';
    if (inner.startsWith('@')) return inner;
    if (inner.startsWith('#')) return label ? `#${label}` : inner;
    if (inner.startsWith('!')) return label ?? inner.replace('!', '@');
    return label ?? inner.replace(/^mailto:/, '');
  });
  const decoded = words.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return decoded.replace(/[ \t\u00A0]+/g, ' ').trim();
}

const click = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ message_ts: z.string().optional() }).optional(),
  /** Where the button stands in a view, such as the Home tab. */
  view: z.object({ id: z.string(), type: z.string() }).optional(),
  message: z.object({ thread_ts: z.string().optional() }).optional(),
  trigger_id: z.string(),
  actions: z.array(z.object({ value: z.string().optional() })).min(1),
});

/** Where a private note about a click belongs. */
export interface Whereabouts {
  user: string;
  channel: string | undefined;
  thread: string | undefined;
  trigger: string;
  /** It was pressed in the Home tab, where nothing can be said beside it. */
  home: boolean;
}

type Click =
  | { kind: 'pressed'; pressed: Pressed; at: Whereabouts }
  | { kind: 'refused'; account: string; because: string; at: Whereabouts };

/** A pressed button: parsed, not trusted. Undefined when not even who pressed can be read. */
export function readClick(body: unknown): Click | undefined {
  const { data } = click.safeParse(body);
  if (!data) return undefined;
  const stamp = data.container?.message_ts;
  const thread = data.message?.thread_ts;
  const at = {
    user: data.user.id,
    channel: data.channel?.id,
    thread: thread === stamp ? undefined : thread,
    trigger: data.trigger_id,
    // The trial's Slack says of its Home tab only that it is in no channel.
    home: data.view?.type === 'home' || data.channel?.id === '',
  };
  const account = `slack:${data.user.id}`;
  const intent: Intent | undefined = readIntent(data.actions[0]?.value);
  if (!intent)
    return {
      kind: 'refused',
      account,
      because: 'The button is none of ours: what it means cannot be read.',
      at,
    };
  // A Home tab is a message that one person sees: in their conversation with the app, under the view's id.
  if (at.home)
    return {
      kind: 'pressed',
      pressed: { account, place: account, message: data.view?.id ?? 'home', intent },
      at,
    };
  if (!at.channel || !stamp)
    return { kind: 'refused', account, because: 'The button stands in no message.', at };
  return { kind: 'pressed', pressed: { account, place: `slack:${at.channel}`, message: stamp, intent }, at };
}

const command = z.object({
  user_id: z.string(),
  channel_id: z.string(),
  text: z.string().default(''),
  trigger_id: z.string(),
});

/** A `/roster` command; undefined when it cannot be read. */
export function readCommand(body: unknown): { commanded: Commanded; trigger: string } | undefined {
  const { data } = command.safeParse(body);
  if (!data) return undefined;
  const text = readWords(data.text, undefined);
  return {
    commanded: { account: `slack:${data.user_id}`, place: `slack:${data.channel_id}`, text },
    trigger: data.trigger_id,
  };
}
