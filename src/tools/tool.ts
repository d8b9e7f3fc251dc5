// Tools: what a worker can do, one file each. The contract is here: schema, risk, effect, undoing, doing again.
// Not where it is decided whether it may: that is `policy`, and only `actions` calls `start` and `look`.
import type { z } from 'zod';
import type { Amounts } from '../budgets/budget.ts';

export type Risk = 'low' | 'medium' | 'high';

/** What became of a tool's work so far. A throw means that it is not known whether it ran. */
export type Progress =
  | { kind: 'done'; output: string }
  /** `handle` names the work in the system outside, for people too: `AWX job 41`. */
  | { kind: 'running'; handle: string }
  | { kind: 'failed'; because: string; output?: string };

/** How a deed is undone; `says` is the sentence for the people who are asked. */
export type Inverse =
  /** Another deed, by the gateway's own road, that puts things back as they were. */
  | { kind: 'tool'; tool: string; arguments: Record<string, string>; says: string }
  | { kind: 'none'; says: string };

export interface Tool<Arguments = unknown> {
  name: string;
  /** Raised whenever what it does changes: an approval for one version never runs another. */
  version: number;
  risk: Risk;
  arguments: z.ZodType<Arguments>;
  /** What it does, as an order: "Roll checkout back to 2026.11.20-1". */
  what(given: Arguments): string;
  /** The one thing it acts on. */
  target(given: Arguments): string;
  /** How it is undone, or that it cannot be. */
  inverse(given: Arguments): Inverse;
  /**
   * The few facts an approval of it relies on, by name, as the system outside has them now: drifted since the
   * asking, it is asked again. Metrics are not among them; none is `{}`. Throws when the system does not answer.
   */
  reliesOn(given: Arguments): Promise<Record<string, string>>;
  /** What it costs at most, besides the one call it is; nothing when there is none to say. Pure. */
  cost?(given: Arguments): Pick<Amounts, 'tokens' | 'money'>;
  /** Begins. `key` is the same for every try of one action and marks it in the system outside. */
  start(given: Arguments, key: string): Promise<Progress>;
  /** How far the work with this handle has got. */
  look(handle: string): Promise<Progress>;
  /** The handle of work that was begun under `key` at or after `since`, when a crash lost it. */
  find(key: string, since: Date): Promise<string | undefined>;
  /** Stops work that is under way, where the system outside can; *done* when it was quicker. Safe to call twice. */
  cancel?(handle: string): Promise<{ kind: 'cancelled' } | { kind: 'done'; output: string }>;
  /** Whether beginning twice under one key does it once. */
  takesKey: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of tools holds tools of different arguments; each parses its own
export type AnyTool = Tool<any>;
