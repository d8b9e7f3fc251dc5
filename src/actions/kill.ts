import type { PersonId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import type { Db } from '../postgres/database.ts';
import { clearKill, loadKills, loadRunning, type Scope, setKill, type Thrown } from './stops.ts';

export type Switched = { kind: 'switched'; because: string } | { kind: 'was-so'; because: string };

/** Throws the kill switch: nothing it reaches begins from this commit on, and what is running is cancelled. Safe to call twice. */
export function kill(store: Store, scope: Scope, person: PersonId): Promise<Switched> {
  return save<Switched>(store, async (tx) => {
    if (!(await setKill(tx, scope, person))) {
      return {
        result: { kind: 'was-so', because: `The kill switch for ${scope} is thrown already.` },
        entries: [],
        jobs: [],
      };
    }
    const running = await loadRunning(tx, scope);
    const because = `The kill switch for ${scope} is thrown: nothing it reaches begins, and ${running.length} running effects are cancelled.`;
    return {
      result: { kind: 'switched', because },
      entries: [{ kind: 'kill.thrown', by: { person }, facts: { scope, running } }],
      jobs: running.map((action) => ({ name: 'cancel-action' as const, action })),
    };
  });
}

/** Releases the kill switch. What was refused meanwhile stays refused. Safe to call twice. */
export function unkill(store: Store, scope: Scope, person: PersonId): Promise<Switched> {
  return save<Switched>(store, async (tx) => {
    if (!(await clearKill(tx, scope))) {
      return {
        result: { kind: 'was-so', because: `The kill switch for ${scope} is not thrown.` },
        entries: [],
        jobs: [],
      };
    }
    return {
      result: { kind: 'switched', because: `The kill switch for ${scope} is released.` },
      entries: [{ kind: 'kill.released', by: { person }, facts: { scope } }],
      jobs: [],
    };
  });
}

/** The switches that are thrown, oldest first. */
export function kills(db: Db): Promise<Thrown[]> {
  return loadKills(db);
}

/** What the words after `/roster kill` mean: nothing or `all`, a worker, or a tool. */
export function scopeOf(words: string, known: { workers: string[]; tools: string[] }): Scope | undefined {
  const name = words.trim().toLowerCase();
  if (name === '' || name === 'all') return 'all';
  if (known.workers.includes(name)) return `worker:${name}`;
  return known.tools.includes(name) ? `tool:${name}` : undefined;
}
