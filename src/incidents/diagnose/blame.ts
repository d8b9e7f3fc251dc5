import { alike } from './deviation.ts';
import type { Seen } from './evidence.ts';
import { type Graph, reachedFrom } from './graph.ts';

/** Which callee explains what callers see of a node, and what the node itself explains of others. */
export interface Blame {
  /** 0–1: how much of what is seen of it one callee explains. */
  explained: number;
  by: string | undefined;
  /** What it explains of those who call it, in the score's unit. */
  takes: number;
  /** Of whom it explains the most, and half at least. */
  from: string[];
}

/**
 * Leads what is seen of every node on to what it calls. A callee explains its caller as far as it is as unusual and
 * took the same course; of several each takes its part of what the best one explains. Of those that call each other
 * in a circle only the more unusual explains the less. Pure.
 */
export function blameOf(graph: Graph, evidence: Map<string, Seen>): Map<string, Blame> {
  const { nodes, callees } = graph;
  const blame = new Map(
    nodes.map((node): [string, Blame] => [node, { explained: 0, by: undefined, takes: 0, from: [] }]),
  );
  const inCircle = (node: string, callee: string) => reachedFrom(callee, graph).has(node);
  for (const node of nodes) {
    const seen = evidence.get(node) as Seen;
    const mine = blame.get(node) as Blame;
    const shares = [...(callees.get(node) ?? [])].map((callee) => {
      const other = evidence.get(callee) as Seen;
      const share = shareOf(seen, other);
      return {
        callee,
        share: share > 0 && inCircle(node, callee) && weightOf(seen) >= weightOf(other) ? 0 : share,
      };
    });
    for (const { callee, share } of shares)
      if (share > mine.explained) Object.assign(mine, { explained: share, by: callee });
    const squares = shares.reduce((sum, { share }) => sum + share ** 2, 0);
    for (const { callee, share } of shares.filter((one) => one.share > 0)) {
      const other = blame.get(callee) as Blame;
      other.takes += (seen.external * mine.explained * share ** 2) / squares;
    }
    if (mine.by !== undefined && mine.explained >= half) blame.get(mine.by)?.from.push(node);
  }
  return blame;
}

function weightOf({ internal, external }: Seen): number {
  return internal + external;
}

/** From this share on something is explained, or takes the same course. */
export const half = 0.5;

/**
 * How much of what is seen of a caller one callee explains, 0–1: by what is seen of the callee, or by the resources
 * it moves itself, as a server does on which the caller runs.
 */
function shareOf(caller: Seen, callee: Seen): number {
  const course = caller.externalBy?.deviation;
  if (!course) return 0;
  const ways = [
    { weight: callee.external, by: callee.externalBy },
    { weight: callee.internal, by: callee.internalBy },
  ];
  return ways.reduce((most, { weight, by }) => {
    const cover = Math.min(1, weight / caller.external);
    return by ? Math.max(most, cover * (alike(course, by.deviation) || 0)) : most;
  }, 0);
}
