import { z } from 'zod';
import type { Form } from '../card.ts';
import type { Heard, Pressed, Submitted } from '../door.ts';
import { type Intent, readIntent } from '../intent.ts';
import { readForm } from './form.ts';

const account = z.object({
  id: z.string().min(1),
  aadObjectId: z.string().optional(),
  role: z.string().optional(),
});
/** A form names its field, brings the answer under that name, and itself, so that it can be shown again. */
const pressedData = z.looseObject({
  /** What *Cancel* brings from clients that send no verb beside it. */
  verb: z.literal('refresh').optional().catch(undefined),
  intent: z.string().optional(),
  field: z.string().optional(),
  form: z.string().optional(),
});

/** What is used of an activity; a platform's envelope, parsed and trusted as far as its token goes. */
export const activitySchema = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  action: z.string().optional(),
  text: z.string().optional(),
  channelId: z.string(),
  serviceUrl: z.url(),
  replyToId: z.string().optional(),
  from: account,
  recipient: z.object({ id: z.string(), name: z.string().optional() }),
  conversation: z.object({
    id: z.string().min(1),
    conversationType: z.string().optional(),
    tenantId: z.string().optional(),
  }),
  channelData: z
    .object({
      tenant: z.object({ id: z.string() }).optional(),
      team: z.object({ id: z.string() }).optional(),
      channel: z.object({ id: z.string() }).optional(),
      eventType: z.string().optional(),
    })
    .optional()
    .catch(undefined),
  membersAdded: z.array(z.object({ id: z.string() })).optional(),
  membersRemoved: z.array(z.object({ id: z.string() })).optional(),
  entities: z.array(z.looseObject({ type: z.string() })).optional(),
  value: z.unknown().optional(),
});

export type Arrived = z.infer<typeof activitySchema>;

export type Read =
  | { kind: 'heard'; heard: Heard }
  | { kind: 'pressed'; pressed: Pressed }
  | { kind: 'submitted'; submitted: Submitted; at: At; form: Form | undefined }
  | { kind: 'refresh'; at: At }
  | { kind: 'installed'; account: string; place: string; direct: boolean }
  | { kind: 'removed'; place: string }
  | { kind: 'refused'; account: string; because: string }
  | { kind: 'nothing' };

/** Who acts, and on which message. */
interface At {
  account: string;
  place: string;
  message: string;
}

/** What an activity means for us; `nothing` for the rest: typing, reactions, other members coming and going. */
export function readActivity(arrived: Arrived): Read {
  switch (arrived.type) {
    case 'message':
      return arrived.value !== undefined && !arrived.text?.trim()
        ? readPress(arrived, arrived.value)
        : readMessage(arrived);
    case 'invoke':
      return readInvoke(arrived);
    case 'installationUpdate':
      return readInstallation(arrived);
    default:
      return { kind: 'nothing' };
  }
}

/** `19:…@thread.tacv2;messageid=1700` → the channel and the thread's root. */
export function splitConversation(id: string): { place: string; thread?: string } {
  const [channel = '', ...rest] = id.split(';');
  const root = rest.find((one) => one.startsWith('messageid='))?.slice('messageid='.length);
  return { place: `teams:${channel}`, ...(root && { thread: root }) };
}

/** A message's id as it is kept: a reply carries its root, because the platform wants both to edit it. */
export function messageId(id: string, thread: string | undefined): string {
  return thread === undefined || thread === id ? id : `${thread}/${id}`;
}

export function accountOf({ from }: Arrived): string {
  return `teams:${from.aadObjectId ?? from.id}`;
}

/** Whose chat with the app this comes from; undefined anywhere else, and where somebody else may have acted. */
export function directIn(arrived: Arrived): string | undefined {
  const { type, conversation, from } = arrived;
  const own = conversation.conversationType === 'personal' && !isBot(arrived) && from.aadObjectId;
  return own && ['message', 'invoke'].includes(type) ? accountOf(arrived) : undefined;
}

function readMessage(arrived: Arrived): Read {
  if (!arrived.id || isBot(arrived)) return { kind: 'nothing' };
  const { place, thread } = splitConversation(arrived.conversation.id);
  const under = thread === arrived.id ? undefined : thread;
  return {
    kind: 'heard',
    heard: {
      account: accountOf(arrived),
      place,
      message: messageId(arrived.id, under),
      ...(under !== undefined && { thread: under }),
      text: wordsOf(arrived),
      direct: arrived.conversation.conversationType === 'personal',
    },
  };
}

/** Teams' ids of apps begin with 28, of people with 29. */
function isBot({ from, recipient }: Arrived): boolean {
  return from.role === 'bot' || from.id.startsWith('28:') || from.id === recipient.id;
}

const mention = z.object({
  type: z.literal('mention'),
  text: z.string(),
  mentioned: z.object({ id: z.string(), name: z.string().optional() }),
});

/** What somebody typed, without Teams' markup and without the mention of the bot. */
function wordsOf({ text = '', entities = [], recipient }: Arrived): string {
  let words = text;
  for (const entity of entities) {
    const { data } = mention.safeParse(entity);
    if (!data) continue;
    const instead = data.mentioned.id === recipient.id ? ' ' : `@${data.mentioned.name ?? ''}`;
    words = words.replaceAll(data.text, instead);
  }
  const plain = words.replace(/<\/?[a-z][^<>]*>/gi, ' ');
  const decoded = plain.replace(/&(nbsp|lt|gt|quot|#39|amp);/g, (_, name: string) => decodes[name] ?? ' ');
  return decoded.replace(/[ \t\u00A0]+/g, ' ').trim();
}

const decodes: Record<string, string> = { nbsp: ' ', lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

const execute = z.object({
  action: z.object({ verb: z.string().optional(), data: z.unknown().optional() }),
});

function readInvoke(arrived: Arrived): Read {
  if (arrived.name !== 'adaptiveCard/action') return { kind: 'nothing' };
  const { data } = execute.safeParse(arrived.value);
  if (!data) return notOurs(arrived);
  if (data.action.verb === 'refresh') return { kind: 'refresh', at: pressedAt(arrived) };
  return readPress(arrived, data.action.data);
}

function notOurs(arrived: Arrived): Read {
  const because = 'The button is none of ours: what it means cannot be read.';
  return { kind: 'refused', account: accountOf(arrived), because };
}

function pressedAt(arrived: Arrived): At {
  const { place, thread } = splitConversation(arrived.conversation.id);
  return { account: accountOf(arrived), place, message: messageId(arrived.replyToId ?? '', thread) };
}

/** A pressed button or a filled form: parsed, not trusted. */
function readPress(arrived: Arrived, value: unknown): Read {
  const { data } = pressedData.safeParse(value);
  const intent = readIntent(data?.intent);
  const at = pressedAt(arrived);
  if (data?.verb) return { kind: 'refresh', at };
  if (!data || !intent) return notOurs(arrived);
  return data.field === undefined
    ? { kind: 'pressed', pressed: { ...at, intent } }
    : readSubmitted(at, intent, data, data.field);
}

function readSubmitted(at: At, intent: Intent, data: z.infer<typeof pressedData>, field: string): Read {
  const answer = textIn(data, field);
  const form = readForm(data.form, intent);
  const more = form?.more?.map(({ name }) => [name, textIn(data, name)]);
  const submitted: Submitted = {
    ...{ account: at.account, intent, answer },
    ...(more && { more: Object.fromEntries(more) }),
  };
  return { kind: 'submitted', submitted, at, form };
}

function textIn(data: Record<string, unknown>, name: string): string {
  const given = Object.hasOwn(data, name) ? data[name] : undefined;
  return typeof given === 'string' ? given : '';
}

function readInstallation(arrived: Arrived): Read {
  const { action, conversation, channelData } = arrived;
  const { place } = splitConversation(channelData?.channel?.id ?? conversation.id);
  if (action === 'add' || action === 'add-upgrade')
    return {
      kind: 'installed',
      account: accountOf(arrived),
      place,
      direct: arrived.conversation.conversationType === 'personal',
    };
  if (action === 'remove' || action === 'remove-upgrade') return { kind: 'removed', place };
  return { kind: 'nothing' };
}
