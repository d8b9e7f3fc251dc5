import { z } from 'zod';
import type { AnyTool, Progress, Tool } from '../../src/tools/tool.ts';

type Given = { server: string };

/** A system outside that remembers all it was told to do, and the handle of what takes longer. */
export interface Outside {
  /** The keys of all that was begun under this one, so its length is how often it was done. */
  begun(key: string): string[];
  /** Does the deed; it takes until `end`. */
  begin(key: string): Progress;
  /** How all work of this key goes from now on. */
  end(key: string, progress: Progress): void;
  /** A tool that works on it: low risk, done at once, and as the row of a table wants it. */
  tool(changed?: Partial<Tool<Given>>): AnyTool;
}

export function openOutside(): Outside {
  const all: string[] = [];
  const work = new Map<string, Progress>();
  const begin = (key: string): Progress => {
    all.push(key);
    const running: Progress = { kind: 'running', handle: `job of ${key}` };
    work.set(key, running);
    return running;
  };
  return {
    begin,
    begun: (key) => all.filter((one) => one === key),
    end: (key, progress) => void work.set(key, progress),
    tool: (changed = {}) => ({
      name: 'restart-service',
      version: 1,
      risk: 'low',
      arguments: z.strictObject({ server: z.string().min(1) }),
      what: ({ server }: Given) => `Restart checkout on ${server}`,
      target: ({ server }: Given) => server,
      inverse: () => ({ kind: 'none', says: 'None needed.' }),
      reliesOn: async () => ({}),
      start: async (_: Given, key: string) => {
        begin(key);
        return { kind: 'done', output: 'restarted' };
      },
      look: async (handle: string) => {
        const progress = work.get(handle.replace('job of ', ''));
        if (!progress) throw new Error(`${handle} is not known.`);
        return progress;
      },
      find: async (key: string) => (work.has(key) ? `job of ${key}` : undefined),
      takesKey: false,
      ...changed,
    }),
  };
}
