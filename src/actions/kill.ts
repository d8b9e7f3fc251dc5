import { setTimeout } from 'node:timers/promises';
import type { By } from '../audit/entry.ts';
import type { PersonId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import { type Db, isDown } from '../postgres/database.ts';
import { clearKill, loadKills, loadRunning, type Scope, setKill, type Thrown } from './stops.ts';

export type Switched =
  | { kind: 'switched'; because: string }
  | { kind: 'was-so'; because: string }
  /** The database did not take it, or not yet: what ran in reach of the broadcast is stopped all the same. */
  | { kind: 'not-kept'; because: string };

/** What throwing a switch needs. */
export interface Switchboard extends Store {
  /** Tells every process in reach, this one too, to stop what it is at in this scope; false when it could not tell the others. Never throws. */
  tell?(scope: Scope): Promise<boolean>;
}

/** A governor, or whoever may run the command line. */
export type Thrower = PersonId | 'operator';

/** Whoever presses a button waits 3 s in all, and half of that may have gone to ask who it is. */
const patienceMs = 1_400;

/**
 * Throws the kill switch: nothing it reaches begins from this commit on, and what is running is cancelled. Told to
 * all before it is kept, so that what is running is stopped even when the database is down. Safe to call twice.
 */
export async function kill(board: Switchboard, scope: Scope, by: Thrower): Promise<Switched> {
  const told = board.tell?.(scope);
  const kept = keepKill(board, scope, by);
  // For what began while it was being kept.
  void kept.then(
    () => board.tell?.(scope),
    () => {},
  );
  try {
    return await Promise.race([kept, setTimeout(patienceMs, notYet(scope), { ref: false })]);
  } catch (error) {
    if (!isDown(error)) throw error;
    return notKept(scope, await told);
  }
}

function notYet(scope: Scope): Switched {
  return {
    kind: 'not-kept',
    because: `What is running in reach is being stopped, but the database has not answered yet, so it is not known whether the kill switch for ${scope} is kept: look with /roster kills, and throw it again if it is not there.`,
  };
}

/** `told`: whether the other processes could be; undefined when nobody could. */
function notKept(scope: Scope, told: boolean | undefined): Switched {
  const here = 'what was running in this process is being stopped';
  const others = told
    ? 'what was running in reach of the broadcast is being stopped'
    : `${here} and no other could be told`;
  const stopping = told === undefined ? 'what was running could not be told to stop' : others;
  return {
    kind: 'not-kept',
    because: `The database is down: nothing can begin while it is, ${stopping}, and the kill switch for ${scope} itself is not kept. Throw it again when the database is back.`,
  };
}

function keepKill(store: Store, scope: Scope, by: Thrower): Promise<Switched> {
  return save<Switched>(store, async (tx) => {
    if (!(await setKill(tx, scope, by))) {
      return {
        result: { kind: 'was-so', because: `The kill switch for ${scope} is thrown.` },
        entries: [],
        jobs: [],
      };
    }
    const running = await loadRunning(tx, scope);
    const because = `The kill switch for ${scope} is thrown: nothing it reaches begins, and ${running.length} running effects are cancelled.`;
    return {
      result: { kind: 'switched', because },
      entries: [{ kind: 'kill.thrown', by: byOf(by), facts: { scope, running } }],
      jobs: running.map((action) => ({ name: 'cancel-action' as const, action })),
    };
  });
}

function byOf(thrower: Thrower): By {
  return thrower === 'operator' ? { roster: 'operator' } : { person: thrower };
}

/** Releases the kill switch. What was refused meanwhile stays refused. Safe to call twice. */
export function unkill(store: Store, scope: Scope, by: Thrower): Promise<Switched> {
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
      entries: [{ kind: 'kill.released', by: byOf(by), facts: { scope } }],
      jobs: [],
    };
  });
}

/** The switches that are thrown, oldest first. */
export function kills(db: Db): Promise<Thrown[]> {
  return loadKills(db);
}

export interface Known {
  workers: string[];
  tools: string[];
}

/** What the words after `/roster kill` mean: nothing or `all`, a worker, or a tool. */
export function scopeOf(words: string, known: Known): Scope | undefined {
  const name = words.trim().toLowerCase();
  if (name === '' || name === 'all') return 'all';
  if (known.workers.includes(name)) return `worker:${name}`;
  return known.tools.includes(name) ? `tool:${name}` : undefined;
}

/** Why the words after `/roster kill` mean nothing here. */
export function unknownScope(words: string, { workers, tools }: Known): string {
  return `There is no worker or tool called "${words.slice(0, 40)}": wanted all, ${[...workers, ...tools].join(', ')}.`;
}
