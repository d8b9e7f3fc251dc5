import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

/** One call of Slack's Web API that was acknowledged. */
export interface Call {
  method: string;
  /** When the answer came, on `performance.now()`'s clock. */
  at: number;
  channel: string;
  thread: string | undefined;
  /** The message's id. */
  ts: string;
  /** The blocks as they were sent. */
  blocks: string;
}

const longest = 30_000;
const answerShape = z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() });
const button = z.object({ action_id: z.string(), value: z.string(), text: z.object({ text: z.string() }) });
const blocksShape = z.array(
  z.object({ type: z.string(), block_id: z.string().optional(), elements: z.array(z.unknown()).optional() }),
);

/**
 * Listens in on this process's calls that post or edit, without touching the code that makes them: the time
 * is taken when the answer is there. `close` puts everything back.
 */
export function tapSlack() {
  const real = globalThis.fetch;
  const calls: Call[] = [];
  let heard = performance.now();
  const waiting = new Set<() => void>();

  globalThis.fetch = async (input, init) => {
    const answer = await real(input, init);
    const method = /\/api\/(chat\.(?:postMessage|update))$/.exec(String(input))?.[1];
    if (!method) return answer;
    const at = performance.now();
    const said = answerShape.safeParse(await answer.clone().json());
    if (!said.success) return answer;
    const sent = new URLSearchParams(String(init?.body));
    const { channel, ts } = said.data;
    const thread = sent.get('thread_ts') ?? undefined;
    calls.push({ method, at, channel, thread, ts, blocks: sent.get('blocks') ?? '' });
    heard = performance.now();
    for (const look of waiting) look();
    return answer;
  };

  return {
    /** The first call after `since` (of that clock) that fits, once it was answered. */
    call(what: string, since: number, fits: (call: Call) => boolean): Promise<Call> {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = calls.find((one) => one.at >= since && fits(one));
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Not within ${longest} ms: ${what}.`));
        }, longest);
        waiting.add(look);
        look();
      });
    },
    /** Resolves when nothing was posted or edited for `ms`. */
    async quiet(ms: number): Promise<void> {
      while (performance.now() - heard < ms) await wait(ms - (performance.now() - heard) + 1);
    },
    close() {
      globalThis.fetch = real;
    },
  };
}

export type Tap = ReturnType<typeof tapSlack>;

/** Presses a button on a message as somebody; resolves when the app acknowledged the click. */
export async function press(workspace: string, user: string, on: Call, label: string): Promise<void> {
  const blocks = blocksShape.parse(JSON.parse(on.blocks));
  const found = blocks.flatMap(({ type, block_id, elements }) =>
    type === 'actions'
      ? z
          .array(button)
          .parse(elements)
          .map((each) => ({ ...each, block_id }))
      : [],
  );
  const pressed = found.find(({ text }) => text.text === label);
  if (!pressed) throw new Error(`There is no button ${label} on the message ${on.ts}.`);
  const { action_id, block_id, value } = pressed;
  const body = JSON.stringify({
    channel: on.channel,
    messageTs: on.ts,
    user,
    action: { type: 'button', action_id, block_id, value },
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${workspace}/_control/interact`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`The local Slack answered ${answer.status} to a click.`);
}
