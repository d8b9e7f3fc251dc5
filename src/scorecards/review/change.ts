import type { Charter } from '../../charter/charter.ts';
import type { Proposal } from './propose.ts';

/** The charter as it would be with these moves, one version on. Pure. */
export function changedBy(charter: Charter, moves: Proposal['moves']): Charter {
  const authority = { ...charter.authority };
  for (const { tool, from, to } of moves) {
    authority[from] = authority[from].filter((one) => one !== tool);
    authority[to] = [...authority[to], tool];
  }
  return { ...charter, version: charter.version + 1, authority };
}

/** Why these moves do not fit a charter any more: a sentence; undefined when they do. Pure. */
export function misfit({ name, authority }: Charter, moves: Proposal['moves']): string | undefined {
  const gone = moves.find(({ tool, from }) => !authority[from].includes(tool));
  return gone && `${name}'s charter has ${gone.tool} no more under "${gone.from}": it was changed since.`;
}

/** What to write into the worker's file, line by line: `-` goes, `+` comes. Pure. */
export function changeLines(worker: string, version: number, moves: Proposal['moves']): string[] {
  if (moves.length === 0) return [];
  const lists = (['autonomous', 'notify', 'ask', 'never'] as const).flatMap((list) => {
    const gone = moves.filter(({ from }) => from === list).map(({ tool }) => `-    - ${tool}`);
    const come = moves.filter(({ to }) => to === list).map(({ tool }) => `+    - ${tool}`);
    return gone.length + come.length > 0 ? [`   ${list}:`, ...gone, ...come] : [];
  });
  return [
    `manifests/workers/${worker}.yaml`,
    `-version: ${version}`,
    `+version: ${version + 1}`,
    ' authority:',
    ...lists,
  ];
}
