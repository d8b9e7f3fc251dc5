import { z } from 'zod';
import type { ActionId } from '../src/ids.ts';
import type { Tool } from '../src/tools/tool.ts';
import { type Desk, type Effect, type Given, handleOf } from './desk.ts';

/** Tools that do a thing outside the moment they are begun, and count it. */
export function toolsBefore(done: Map<ActionId, Effect[]>): Desk['tool'] {
  return (changed) => {
    const tool: Tool<Given> = toolNamed({
      start: async (given, key) => {
        const id = key as ActionId;
        const effect = { action: id, tool: tool.name, version: tool.version, arguments: given };
        done.set(id, [...(done.get(id) ?? []), effect]);
        return { kind: 'done', output: 'done' };
      },
      find: async (key) => (done.has(key as ActionId) ? handleOf(key) : undefined),
      ...changed,
    });
    return tool;
  };
}

type Named = Partial<Tool<Given>> & Pick<Tool<Given>, 'name' | 'risk' | 'start' | 'find'>;

/** A tool that sets something on a server; what is not named is harmless. */
export function toolNamed(changed: Named): Tool<Given> {
  return {
    version: 1,
    arguments: z.strictObject({ server: z.string().min(1), value: z.string() }),
    what: ({ server, value }) => `Set ${server} to ${value}`,
    target: ({ server }) => server,
    inverse: () => ({ kind: 'none', says: 'It cannot be undone.' }),
    reliesOn: async () => ({}),
    look: async () => ({ kind: 'done', output: 'done' }),
    takesKey: false,
    ...changed,
  };
}
