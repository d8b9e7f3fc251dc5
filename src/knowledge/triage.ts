// What past incidents say of a new one: its type, and whether it is known.
import type { Similar } from './likeness.ts';
import { type Runbook, runbookFor } from './runbook.ts';

export type Triage =
  | { kind: 'known'; type: string; runbook: Runbook; of: number }
  /** Its type is known, and nothing mends it. */
  | { kind: 'no-runbook'; type: string; of: number }
  /** Alike ones that had different causes, or whose causes nobody wrote down. */
  | { kind: 'unclear'; types: string[] }
  | { kind: 'novel' };

/** A score below this is no likeness: four in five incidents of a kind never seen before stay below it in the bench. */
export const alikeFrom = 0.4;

const most = 3;

/** Its type where the likeliest past incidents agree (three at most), and whether there is a runbook for it. Pure. */
export function triage(similar: Similar[], runbooks: Runbook[]): Triage {
  const alike = similar.filter(({ score }) => score >= alikeFrom).slice(0, most);
  if (alike.length === 0) return { kind: 'novel' };
  const types = alike.flatMap(({ past }) => past.kind ?? []);
  const [type, ...others] = [...new Set(types)];
  if (type === undefined || others.length > 0) return { kind: 'unclear', types: [...new Set(types)] };
  const runbook = runbookFor(runbooks, 'mends', type);
  const of = types.length;
  return runbook ? { kind: 'known', type, runbook, of } : { kind: 'no-runbook', type, of };
}

/** The same as a sentence for people; `of` is how many past incidents there are. Pure. */
export function triageSays(found: Triage, of: number): string {
  switch (found.kind) {
    case 'known':
      return `Known: ${found.type}, as ${likest(found.of)} of ${count(of)}; runbook ${found.runbook.id}.`;
    case 'no-runbook':
      return `Known: ${found.type}, as ${likest(found.of)} of ${count(of)}; there is no runbook for it.`;
    case 'unclear':
      return found.types.length > 1
        ? `Not clear: the likest of ${count(of)} had different causes (${found.types.join(', ')}).`
        : `Not clear: the likest of ${count(of)} are without a kind of cause.`;
    case 'novel':
      return `Novel: none of ${count(of)} is like it.`;
  }
}

function likest(many: number): string {
  return many === 1 ? 'the likest' : `the ${many} likest`;
}

function count(of: number): string {
  return of === 1 ? 'the one past incident' : `${of.toLocaleString('en')} past incidents`;
}
