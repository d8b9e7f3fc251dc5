import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ActionId } from '../src/ids.ts';
import type { AnyTool, Progress } from '../src/tools/tool.ts';
import { type Desk, type Effect, type Given, handleOf } from './desk.ts';
import type { At } from './watched.ts';

/** How the system outside takes what it is told to do. */
export interface Manner {
  tool: 'restart' | 'roll-back' | 'drop';
  /** Done when it has been looked at twice; otherwise at once. `for good`: until it is stopped. */
  lasts?: boolean | 'for good';
  /** Begun again under one key, it does it once. */
  takesKey?: boolean | 'so it says';
  /** What was begun cannot be found again without its handle. */
  unmarked?: boolean;
}

export interface Outside {
  url: string;
  effects: Effect[];
  close(): Promise<void>;
}

/**
 * A system outside, over HTTP, in the process that judges: what it did outlives whoever told it to. `at` is told
 * when it has begun or stopped something, before it answers; while `at` does not answer, nobody gets to know.
 */
export async function openOutside({ tool, lasts, takesKey }: Manner, at: At): Promise<Outside> {
  const effects: Effect[] = [];
  const looks = new Map<string, number>();
  const stopped = new Set<string>();
  const look = (key: string): Progress => {
    if (stopped.has(key)) return { kind: 'failed', because: 'It was stopped.' };
    looks.set(key, (looks.get(key) ?? 0) + 1);
    const over = !lasts || (lasts === true && (looks.get(key) ?? 0) > 1);
    return over ? { kind: 'done', output: 'done' } : { kind: 'running', handle: handleOf(key) };
  };
  const answers: Record<string, (key: string, given: Given) => Promise<unknown>> = {
    start: async (key, given) => {
      const again = takesKey === true && effects.some(({ action }) => action === key);
      if (!again) effects.push({ action: key as ActionId, tool, version: 1, arguments: given });
      await at('start: done outside');
      return lasts ? { kind: 'running', handle: handleOf(key) } : { kind: 'done', output: 'done' };
    },
    look: async (key) => look(key),
    find: async (key) => (effects.some(({ action }) => action === key) ? { handle: handleOf(key) } : {}),
    cancel: async (key) => {
      stopped.add(key);
      await at('cancel: done outside');
      return { kind: 'cancelled' };
    },
  };
  const server = createServer(async (request, response) => {
    const [, verb = '', key = ''] = (request.url ?? '').split('/');
    const given = JSON.parse((await request.toArray()).join('') || 'null') as Given;
    response.end(JSON.stringify(await answers[verb]?.(key, given)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, effects, close };
}

/** The tool that works on the system outside at `url`, and says before and after each request how far it is. */
export function toolOn(
  desk: Desk,
  url: string,
  { tool, takesKey, unmarked, lasts }: Manner,
  at: At,
): AnyTool {
  const ask = async (verb: string, key: string, given: Given | null = null) => {
    await at(`${verb}: not yet sent`);
    const response = await fetch(`${url}/${verb}/${key}`, { method: 'POST', body: JSON.stringify(given) });
    const answer = await response.json();
    await at(`${verb}: answered`);
    return answer as never;
  };
  const keyOf = (handle: string) => handle.replace(handleOf(''), '');
  return desk.tool({
    name: tool,
    risk: ({ restart: 'low', 'roll-back': 'medium', drop: 'high' } as const)[tool],
    takesKey: Boolean(takesKey),
    start: (given, key) => ask('start', key, given),
    look: (handle) => ask('look', keyOf(handle)),
    find: async (key) => (unmarked ? undefined : ((await ask('find', key)) as { handle?: string }).handle),
    ...(lasts && { cancel: (handle: string) => ask('cancel', keyOf(handle)) }),
  });
}
