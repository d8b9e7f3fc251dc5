import type { ActionId } from '../ids.ts';
import type { Action } from './action.ts';
import type { Outcome } from './finish.ts';
import type { Scope } from './stops.ts';

/** An effect that this process is at. */
export interface Effect {
  action: Action;
  /** The tool is being called, so there is no handle yet. */
  starting: boolean;
  /** A kill switch that reaches it was heard of. */
  killed: boolean;
  /** What came of stopping it: once, however many want it stopped. */
  stopped?: Promise<Outcome>;
  seenAt: number;
}

/** What this process is at, so that it can be stopped without the database. */
export interface InFlight {
  effects: Map<ActionId, Effect>;
  /** Those that may begin: what is heard while *running* is being committed reaches them too. */
  beginning: Set<Effect>;
}

/** A process that is at nothing yet. */
export function openInFlight(): InFlight {
  return { effects: new Map(), beginning: new Set() };
}

/** Hears, until it is taken out again, whether a kill switch reaches an action that may begin. */
export function mayBegin({ beginning }: InFlight, action: Action): Effect {
  const effect: Effect = { action, starting: false, killed: false, seenAt: 0 };
  beginning.add(effect);
  return effect;
}

/**
 * Holds the effect of an action, and forgets those not seen here for long: they are looked at all the time, and
 * whoever looks holds them. Safe to call twice.
 */
export function hold({ effects }: InFlight, action: Action, now: Date): Effect {
  const at = now.getTime();
  for (const [id, { seenAt }] of effects) if (at - seenAt > forgottenAfterMs) effects.delete(id);
  const effect = effects.get(action.id) ?? { action, starting: false, killed: false, seenAt: at };
  effect.action = { ...action, handle: action.handle ?? effect.action.handle };
  effect.seenAt = at;
  effects.set(action.id, effect);
  return effect;
}

/** A job that fails is tried again within a minute. */
const forgottenAfterMs = 600_000;

/** Marks what a kill switch reaches, and gives the effects that are under way and can be stopped now. */
export function mark({ effects, beginning }: InFlight, scope: Scope): Effect[] {
  const reached = [...beginning, ...effects.values()].filter(({ action }) => reaches(scope, action));
  for (const effect of reached) effect.killed = true;
  return reached.filter((effect) => !effect.starting && !beginning.has(effect));
}

function reaches(scope: Scope, { worker, tool }: Action): boolean {
  return scope === 'all' || scope === `worker:${worker}` || scope === `tool:${tool}`;
}
