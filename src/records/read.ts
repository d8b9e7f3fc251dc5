import type { ActionId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { SystemName } from './record.ts';
import { loadNumbers, loadProblems, loadWaiting } from './store.ts';

/** A change record as people know it. */
export interface Reference {
  number: string;
  url: string;
}

/** The change records of these actions, as far as they are open outside. */
export async function referencesOf(db: Db, actions: ActionId[]): Promise<Map<ActionId, Reference[]>> {
  const found = await loadNumbers(db, actions);
  const grouped = Map.groupBy(found, ({ action }) => action);
  return new Map(
    [...grouped].map(([action, rows]) => [action, rows.map(({ number, url }) => ({ number, url }))]),
  );
}

const called: Record<SystemName, string> = { servicenow: 'ServiceNow', jira: 'Jira' };

/** What change records wait for, and what a person must put right, each a sentence. */
export async function troublesOf(db: Db): Promise<string[]> {
  const waiting = await loadWaiting(db);
  const problems = await loadProblems(db);
  return [
    ...waiting.map(
      ({ system, count, since }) =>
        `${count} change record${count === 1 ? ' waits' : 's wait'} for ${called[system]}, the oldest since ${since.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
    ),
    ...problems.map(({ problem }) => `Change records: ${problem}`),
  ];
}
