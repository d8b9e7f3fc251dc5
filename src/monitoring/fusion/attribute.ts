import { type Case, type Explained, explain, originOf } from './origin.ts';

export interface Attributed {
  /** By node: what explains it; nothing for an origin and for what nobody asked about. */
  explained: (Explained | undefined)[];
  /** By origin: what of the asked it explains, itself among it when it was asked about; in the graph's order. */
  groups: Map<number, number[]>;
  originOf(node: number): number;
}

/** Leads each of `asked` back to where it begins. Pure. */
export function attribute(asked: number[], one: Case): Attributed {
  const explained: (Explained | undefined)[] = [];
  const tried = new Uint8Array(one.blame.length);
  const groups = new Map<number, number[]>();
  for (const node of asked) {
    for (let at: number | undefined = node; at !== undefined && !tried[at]; at = explained[at]?.by) {
      tried[at] = 1;
      explained[at] = explain(at, one);
    }
    const origin = originOf(node, explained, one.blame);
    const group = groups.get(origin);
    if (group) group.push(node);
    else groups.set(origin, [node]);
  }
  return { explained, groups, originOf: (node) => originOf(node, explained, one.blame) };
}
