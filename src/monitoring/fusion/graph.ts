import type { Inventory } from '../../inventory/inventory.ts';

/** Services and servers as numbers: services first, in the inventory's order, then servers. */
export interface Graph {
  /** Such as `service:shop` or `server:web-01`, by number. */
  keys: string[];
  services: number;
  /** What each calls, what calls it; a server calls nothing. */
  callees: number[][];
  callers: number[][];
  /** The servers a service runs on; the services a server runs. */
  hosts: number[][];
  runs: number[][];
  /** 1 is the most important; of a server, that of the most important service it runs. */
  criticality: number[];
}

export type About = 'service' | 'server';

/** The inventory as numbers. Pure; an id that refers to nothing is passed over. */
export function graphOf({ services, servers }: Inventory): Graph {
  const keys = [...services.map(({ id }) => `service:${id}`), ...servers.map(({ id }) => `server:${id}`)];
  const of = numbered(keys);
  const lists = () => keys.map((): number[] => []);
  const graph = { keys, services: services.length, callees: lists(), callers: lists() };
  const places = { hosts: lists(), runs: lists(), criticality: keys.map(() => 4) };
  services.forEach(({ dependsOn, criticality }, caller) => {
    places.criticality[caller] = criticality;
    for (const id of dependsOn) addCall(graph, caller, of.get(`service:${id}`));
  });
  servers.forEach((server, nth) => {
    const host = services.length + nth;
    const run = server.services.map((id) => of.get(`service:${id}`)).filter((one) => one !== undefined);
    for (const one of run) places.hosts[one]?.push(host);
    places.runs[host] = run;
    places.criticality[host] = Math.min(4, ...run.map((one) => places.criticality[one] ?? 4));
  });
  return { ...graph, ...places };
}

/** Each key's number. */
export function numbered(keys: string[]): Map<string, number> {
  return new Map(keys.map((key, nth) => [key, nth]));
}

/** Says that one calls another: what is measured between two services need not be in the inventory. */
export function addCall(
  { callees, callers }: Pick<Graph, 'callees' | 'callers'>,
  caller: number,
  callee?: number,
) {
  if (callee === undefined || callee === caller || callees[caller]?.includes(callee)) return;
  callees[caller]?.push(callee);
  callers[callee]?.push(caller);
}
