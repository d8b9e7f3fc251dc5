import { action as findAction } from '../actions/read.ts';
import { approvalOf } from '../approvals/read.ts';
import { beganAt } from '../audit/began.ts';
import type { ActionId, PersonId } from '../ids.ts';
import type { Store } from '../jobs/save.ts';
import { withoutSecrets } from '../models/secrets.ts';
import type { ChangeSystem, SystemName } from './record.ts';
import { loadNumbers, loadUndoneBy } from './store.ts';
import type { Known } from './words.ts';

/** What telling change records needs. */
export interface Deps extends Store {
  systems: ChangeSystem[];
  nameOf(person: PersonId): string;
  /** How long after a question without an answer what it asked for must be there, if it was done at all. */
  settleMs: number;
  now(): Date;
  log: { warn(message: string): void };
  /** Systems that asked to be left alone, until when. */
  leftAlone: Map<SystemName, { until: Date; because: string }>;
  /** Systems that were away a moment ago. */
  awayUntil: Map<SystemName, Date>;
  /** What goes on although nobody waits for it any more. */
  underWay: Set<Promise<unknown>>;
}

/** What a record says of an action in any system. */
export type Facts = Omit<Known, 'undoes' | 'undoneBy' | 'called'>;

/** All that any record says of an action, without secrets. Throws when there is no such action. */
export async function factsOf({ db, chain, nameOf, now }: Deps, id: ActionId): Promise<Facts> {
  const action = await findAction(db, id);
  if (!action) throw new Error(`There is no action ${id}.`);
  const { question, output } = action;
  const [why = '', given = ''] = await Promise.all([question.why, question.arguments].map(withoutSecrets));
  const clean = { ...question, why, arguments: given };
  return {
    action: { ...action, question: clean, output: output === null ? null : await withoutSecrets(output) },
    approval: action.autonomous ? undefined : await approvalOf(db, id),
    nameOf,
    entry: await beganAt(db, chain, id),
    now: now(),
  };
}

/** The same with the numbers that the changes it belongs to have in this system. */
export async function named({ db }: Deps, { name, called }: ChangeSystem, facts: Facts): Promise<Known> {
  const { action } = facts;
  const undoneBy = action.endedAt ? await loadUndoneBy(db, action.id) : undefined;
  const related = [action.undoes, undoneBy].filter((one) => one !== null && one !== undefined);
  const numbers = await loadNumbers(db, related);
  const numberOf = (one: ActionId | null | undefined) =>
    numbers.find((found) => found.action === one && found.system === name)?.number;
  return { ...facts, called, undoes: numberOf(action.undoes), undoneBy: numberOf(undoneBy) };
}
