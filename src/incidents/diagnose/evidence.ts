import type { Graph } from './graph.ts';
import { heaviest, type Moved } from './moved.ts';

/** What is seen of one node. */
export interface Seen {
  /** Its own resources, which only a cause moves. */
  internal: number;
  internalBy: Moved | undefined;
  /** What its callers see of it: its own series, or the mean over its callers of what they measured. */
  external: number;
  externalBy: Moved | undefined;
  /** What is asked of it; tells of its callers and counts for nothing. */
  trafficBy: Moved | undefined;
  /** Whether it sees all that it calls slow or failing, and so is itself what they have in common. */
  seesAll: boolean;
}

/** Fewer callees than this have nothing in common. */
const leastCallees = 3;

/** What is seen of every node. Pure. */
export function evidenceOf({ nodes }: Graph, all: Moved[]): Map<string, Seen> {
  const of = Map.groupBy(all, ({ series }) => series.node);
  const sent = Map.groupBy(
    all.filter((one) => isCall(one) && isOutcome(one)),
    ({ series }) => series.caller,
  );
  const common = new Map([...sent].map(([caller, calls]) => [caller, commonOf(calls)]));
  return new Map(
    nodes.map((node): [string, Seen] => {
      const mine = of.get(node) ?? [];
      const internalBy = heaviest(mine.filter(({ series }) => /^(resource|unknown)$/.test(series.kind)));
      const trafficBy = heaviest(mine.filter(({ series }) => series.kind === 'traffic'));
      const external = externalOf(mine.filter(isOutcome), sent.get(node) ?? [], common);
      return [node, { internal: internalBy?.weight ?? 0, internalBy, trafficBy, ...external }];
    }),
  );
}

/** The most of: its own series; the mean over its callers of what they see beyond what all their calls have in common; and what its own calls have in common. */
function externalOf(mine: Moved[], sent: Moved[], common: Map<string | undefined, number>) {
  const own = heaviest(mine.filter((one) => !isCall(one)));
  const calls = mine.filter(isCall);
  const byCaller = [...Map.groupBy(calls, ({ series }) => series.caller)].map(([caller, some]) =>
    Math.max(0, (heaviest(some)?.weight ?? 0) - (common.get(caller) ?? 0)),
  );
  const inbound = byCaller.reduce((sum, one) => sum + one, 0) / Math.max(1, byCaller.length);
  const shared = commonOf(sent);
  const external = Math.max(own?.weight ?? 0, inbound, shared);
  if (external === own?.weight) return { external, externalBy: own, seesAll: false };
  if (external === inbound) return { external, externalBy: heaviest(calls), seesAll: false };
  return { external, externalBy: heaviest(sent), seesAll: true };
}

function isOutcome({ series }: Moved): boolean {
  return series.kind === 'latency' || series.kind === 'errors';
}

function isCall({ series }: Moved): boolean {
  return series.caller !== undefined;
}

/** What all calls of one caller have in common: the lower median over its callees; 0 when there are too few. */
function commonOf(calls: Moved[]): number {
  const byCallee = Map.groupBy(calls, ({ series }) => series.node);
  const worst = [...byCallee.values()].map((some) => heaviest(some)?.weight ?? 0).sort((a, b) => a - b);
  return worst.length < leastCallees ? 0 : (worst[Math.floor((worst.length - 1) / 2)] as number);
}
