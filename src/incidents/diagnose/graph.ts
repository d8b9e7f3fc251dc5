import type { Call, Series } from './telemetry.ts';

/** Who depends on whom. */
export interface Graph {
  nodes: string[];
  /** By node: what it calls. */
  callees: Map<string, Set<string>>;
}

/** Every node of series and calls, and others, in the order in which they appear; series of calls are calls. Pure. */
export function graphOf(series: Series[], calls: Call[], others: string[]): Graph {
  const measured = series.flatMap(({ node, caller }) =>
    caller === undefined ? [] : [{ caller, callee: node }],
  );
  const callees = new Map<string, Set<string>>();
  for (const { caller, callee } of [...calls, ...measured])
    if (caller !== callee) callees.set(caller, (callees.get(caller) ?? new Set()).add(callee));
  const nodes = [
    ...series.map(({ node }) => node),
    ...[...calls, ...measured].flatMap(({ caller, callee }) => [caller, callee]),
    ...others,
  ];
  return { nodes: [...new Set(nodes)], callees };
}

/** A node and all it depends on, directly or not. Pure. */
export function reachedFrom(node: string, { callees }: Graph): Set<string> {
  const reached = new Set([node]);
  // A set gives out what is added to it while it is gone through.
  for (const one of reached) for (const callee of callees.get(one) ?? []) reached.add(callee);
  return reached;
}
