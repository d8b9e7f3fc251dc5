import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { submitForm } from './slack-screen.ts';

const textOf = z.object({ text: z.string() });
const button = z.object({
  action_id: z.string(),
  text: textOf,
  value: z.string().optional(),
  style: z.string().optional(),
});
const block = z.object({
  type: z.string(),
  block_id: z.string().optional(),
  text: textOf.optional(),
  fields: z.array(textOf).default([]),
  elements: z.array(z.unknown()).default([]),
});
const message = z.object({
  ts: z.string(),
  channel: z.string(),
  text: z.string().default(''),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  username: z.string().optional(),
  thread_ts: z.string().optional(),
  subtype: z.string().optional(),
  ephemeral_to: z.string().optional(),
  edited: z.unknown().optional(),
  reactions: z.array(z.object({ name: z.string(), count: z.number() })).default([]),
  blocks: z.array(block).default([]),
});
const entry = z.object({
  time: z.number(),
  direction: z.string(),
  /** `events_api`, `interactive`, `slash_commands`, `ack`, `web_api`, `socket` */
  kind: z.string(),
  summary: z.string(),
  detail: z.unknown().optional(),
});

/** A message of the app, as someone in Slack sees it. */
export interface ShownCard {
  channel: string;
  ts: string;
  thread: string | undefined;
  /** `Ada, AI worker`; undefined where Slack does not carry it (private answers to a command). */
  by: string | undefined;
  /** The header without its emoji; empty in a private note. */
  title: string;
  /** Every text in it, a block a line, as sent (mrkdwn). */
  words: string;
  fallback: string;
  buttons: string[];
  reactions: string[];
  edited: boolean;
  /** The person who alone sees it. */
  onlyFor: string | undefined;
  marker: string | undefined;
}

/** Drives the trial's Slack as the people in it would, through its control API. Accounts and channels without `slack:`. */
export function openOps(url: string, bot = 'U01ROSTER') {
  async function control(path: string, body?: object): Promise<unknown> {
    const asked = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(`${url}/_control/${path}`, asked);
    if (!answer.ok)
      throw new Error(`The local Slack answered ${answer.status} to ${path}: ${await answer.text()}`);
    return await answer.json();
  }

  async function messages(channel: string) {
    return z.object({ messages: z.array(message) }).parse(await control(`messages/${channel}`)).messages;
  }

  const drawn = async (channel: string) => (await messages(channel)).filter((one) => one.bot_id).map(cardOf);

  const ops = {
    /** Somebody posts; resolves with the message's id when the app acknowledged it (or 5 s went by). */
    async post(said: { channel: string; user: string; text: string; thread?: string }): Promise<string> {
      const { thread, ...rest } = said;
      const answer = await control('message', { ...rest, ...(thread && { thread_ts: thread }) });
      return z.object({ message: z.object({ ts: z.string() }) }).parse(answer).message.ts;
    },

    mention(said: { channel: string; user: string; text: string; thread?: string }): Promise<string> {
      return ops.post({ ...said, text: `<@${bot}> ${said.text}` });
    },

    /** A direct message to the app; `channel` is where the answer will stand. */
    async tell(said: { user: string; text: string }): Promise<{ channel: string; ts: string }> {
      const answer = await control('message', { ...said, channel: await direct(said.user) });
      return z
        .object({ message: z.object({ channel: z.string(), ts: z.string() }) })
        .transform((one) => one.message)
        .parse(answer);
    },

    async command(said: { channel: string; user: string; text: string }): Promise<void> {
      await control('command', { ...said, command: '/roster' });
    },

    async edit(channel: string, user: string, ts: string, text: string): Promise<void> {
      await control('edit-message', { channel, user, ts, text });
    },

    async remove(channel: string, user: string, ts: string): Promise<void> {
      await control('delete-message', { channel, user, ts });
    },

    /** What the app posted in a channel itself, outside threads, oldest first. */
    async cards(channel: string): Promise<ShownCard[]> {
      return (await drawn(channel)).filter((one) => !one.thread && !one.onlyFor);
    },

    /** What the app posted in a thread, oldest first. */
    async thread(channel: string, ts: string): Promise<ShownCard[]> {
      return (await drawn(channel)).filter((one) => one.thread === ts && !one.onlyFor);
    },

    /** What the app said in a channel to one person alone, oldest first. */
    async notes(channel: string, user: string): Promise<ShownCard[]> {
      return (await drawn(channel)).filter((one) => one.onlyFor === user);
    },

    /** Waits for a card of the app in the channel (in `thread`, when given) whose title or words match. */
    async expectCard(channel: string, wanted: RegExp, ms = 10_000, thread?: string): Promise<ShownCard> {
      const look = () => (thread ? ops.thread(channel, thread) : ops.cards(channel));
      return await until(
        look,
        (card) => wanted.test(card.title) || wanted.test(card.words),
        ms,
        `a card ${wanted} in ${channel}`,
      );
    },

    /** Waits for the app's reaction on somebody's message. */
    async expectReaction(channel: string, ts: string, name: string, ms = 10_000): Promise<void> {
      await until(
        () => messages(channel),
        (one) => one.ts === ts && one.reactions.some((each) => each.name === name),
        ms,
        `a reaction ${name} on ${ts}`,
      );
    },

    async expectNote(channel: string, user: string, wanted: RegExp, ms = 10_000): Promise<ShownCard> {
      return await until(
        () => ops.notes(channel, user),
        (note) => wanted.test(note.words),
        ms,
        `a note ${wanted} to ${user}`,
      );
    },

    /** Reads a card again, or undefined when it is gone. */
    async again(card: ShownCard): Promise<ShownCard | undefined> {
      return (await drawn(card.channel)).find((one) => one.ts === card.ts);
    },

    /** Presses a button by its label; resolves when the app acknowledged the click (or 5 s went by). */
    async clickAs(user: string, card: ShownCard, label: string): Promise<void> {
      const found = (await messages(card.channel)).find((one) => one.ts === card.ts);
      const buttons = found?.blocks.flatMap((one) =>
        buttonsOf(one).map((each) => ({ ...each, block_id: one.block_id })),
      );
      const pressed = buttons?.find((one) => one.text.text === label);
      if (!pressed)
        throw new Error(
          `No button ${label} on "${card.title}": ${buttons?.map((one) => one.text.text).join(', ')}.`,
        );
      await ops.click(user, card, {
        action_id: pressed.action_id,
        block_id: pressed.block_id,
        value: pressed.value,
      });
    },

    /** A click with any action, as a forger would send it. */
    async click(
      user: string,
      { channel, ts }: { channel: string; ts: string },
      action: object,
    ): Promise<void> {
      await control('interact', { channel, messageTs: ts, user, action: { type: 'button', ...action } });
    },

    /** Fills the open form's one field and sends it; resolves with the errors shown, or none when it closed. */
    submitAs: (user: string, answer: string, ms = 10_000) => submitForm(url, user, answer, ms),

    /** Every envelope, acknowledgement and call of the Web API, in order. */
    async log() {
      return z.object({ log: z.array(entry) }).parse(await control('log')).log;
    },

    /** The workspace forgets everything said in it. */
    async reset(): Promise<void> {
      await control('reset', {});
    },
  };

  /** The direct conversation between a person and the app, opened as the app would. */
  async function direct(user: string): Promise<string> {
    const asked = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ users: user }),
    };
    const answer = await fetch(`${url}/api/conversations.open`, asked);
    return z.object({ channel: z.object({ id: z.string() }) }).parse(await answer.json()).channel.id;
  }

  return ops;
}

export type Ops = ReturnType<typeof openOps>;

function buttonsOf({ type, elements }: z.infer<typeof block>) {
  return type === 'actions' ? z.array(button).parse(elements) : [];
}

function cardOf(one: z.infer<typeof message>): ShownCard {
  const header = one.blocks.find((each) => each.type === 'header')?.text?.text ?? '';
  const lines = one.blocks.flatMap((each) => [
    ...(each.text ? [each.text.text] : []),
    ...each.fields.map((field) => field.text),
    ...(each.type === 'context'
      ? z
          .array(textOf)
          .parse(each.elements)
          .map((element) => element.text)
      : []),
  ]);
  return {
    channel: one.channel,
    ts: one.ts,
    thread: one.thread_ts,
    by: one.username,
    title: header.replace(/^\S+ /, ''),
    words: lines.length > 0 ? lines.join('\n') : one.text,
    fallback: one.text,
    buttons: one.blocks.flatMap(buttonsOf).map((each) => each.text.text),
    reactions: one.reactions.map((each) => each.name),
    edited: one.edited !== undefined,
    onlyFor: one.ephemeral_to,
    marker: one.blocks[0]?.block_id,
  };
}

async function until<T>(
  look: () => Promise<T[]>,
  fits: (one: T) => boolean,
  ms: number,
  what: string,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    const found = seen.findLast(fits);
    if (found !== undefined) return found;
    if (Date.now() > end)
      throw new Error(`Not within ${ms} ms: ${what}. Seen: ${JSON.stringify(seen, undefined, 1)}`);
    await wait(20);
  }
}
