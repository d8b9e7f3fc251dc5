import { type Blame, blameOf } from './blame.ts';
import { onsetOf } from './deviation.ts';
import { evidenceOf, type Seen } from './evidence.ts';
import { against, type Held, inFavour } from './explain.ts';
import { graphOf, reachedFrom } from './graph.ts';
import { type Moved, type Moves, movesOf } from './moved.ts';
import { firstRow, type Hint, lagSeconds, type Telemetry } from './telemetry.ts';

/** The whole setting; one for all systems. */
export interface RankSettings {
  /** A score below this is no finding: ln(1 + 5), what one series makes that is five spreads off and takes the symptom's course. */
  least: number;
  /** What remains of a node that began more than 60 s after the symptom: a cause does not come after its effect. */
  late: number;
  /** What remains of a node that the symptom's node does not depend on; the graph may be incomplete. */
  apart: number;
}

export const rankSettings: RankSettings = { least: Math.log1p(5), late: 0.7, apart: 0.5 };

/** Where it may come from. */
export interface Suspect {
  node: string;
  /** In ln of spreads: comparable within a failure, and with `least`. */
  score: number;
  /** For a calibrator, in the order of `featureNames`. */
  features: number[];
  for: string[];
  against: string[];
}

/** The likeliest first; or that nothing stands out, and why. */
export type Ranking =
  | { kind: 'found'; suspects: [Suspect, ...Suspect[]] }
  | { kind: 'none'; because: string };

export const featureNames = [
  ...['score', 'ahead', 'share', 'internal', 'external', 'alike', 'explained', 'takes', 'late', 'apart'],
  ...['hints', 'symptom'],
] as const;

/**
 * Ranks where a failure comes from. A node's score is what moved of its own resources; besides what its callers see of
 * it and what it explains of theirs, as far as nothing it calls explains that in turn. A series counts ln(1 + spreads it
 * is off), times the share of the symptom's course that it has. Pure; equal scores stand in the order of the telemetry.
 */
export function rank(telemetry: Telemetry, settings: RankSettings = rankSettings): Ranking {
  const { symptom } = telemetry;
  const moves = movesOf(telemetry, firstRow(telemetry));
  const found = heldOf(telemetry, moves)
    .map((held) => ({ held, score: scoreOf(held, settings) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const all = found.reduce((sum, { score }) => sum + score, 0);
  const worst = Math.log1p(moves.symptom?.deviation.peak || 0);
  const [top, ...rest] = found.map(({ held, score }, nth): Suspect => {
    const ahead = score - (found[nth === 0 ? 1 : 0]?.score ?? 0);
    const features = [score, ahead, score / all, ...featuresOf(held), worst];
    const said = { for: inFavour(held, symptom), against: against(held, symptom) };
    return { node: held.node, score, features, ...said };
  });
  if (top && top.score >= settings.least) return { kind: 'found', suspects: [top, ...rest] };
  return { kind: 'none', because: whyNone(top) };
}

/** What is held for and against every node that is known of. */
function heldOf(telemetry: Telemetry, moves: Moves): Held[] {
  const { times, series, calls = [], symptom, hints = [] } = telemetry;
  const first = firstRow(telemetry);
  const graph = graphOf(
    series,
    calls,
    hints.map(({ node }) => node),
  );
  const evidence = evidenceOf(graph, moves.all);
  const blame = blameOf(graph, evidence);
  const began = (moved: Moved | undefined) => (moved ? onsetOf(moved.deviation, times, first) : Number.NaN);
  const noticed = began(moves.symptom);
  const reached = symptom && graph.callees.has(symptom.node) ? reachedFrom(symptom.node, graph) : undefined;
  return graph.nodes.map((node) => {
    const seen = evidence.get(node) as Seen;
    const most = seen.internal >= seen.external ? seen.internalBy : seen.externalBy;
    return {
      ...{ node, seen, blame: blame.get(node) as Blame },
      late: began(most) > noticed + lagSeconds,
      apart: reached !== undefined && !reached.has(node),
      hints: hints.filter((one) => one.node === node),
    };
  });
}

function scoreOf({ seen, blame, late, apart, hints }: Held, settings: RankSettings): number {
  const own = seen.internal + (seen.external + blame.takes) * (1 - blame.explained);
  const measured = own * (late ? settings.late : 1) * (apart ? settings.apart : 1);
  return measured + weightOf(hints);
}

function featuresOf({ seen, blame, late, apart, hints }: Held): number[] {
  const shared = Math.max(seen.internalBy?.alike ?? 0, seen.externalBy?.alike ?? 0);
  return [
    ...[seen.internal, seen.external, shared, blame.explained, blame.takes],
    ...[Number(late), Number(apart), weightOf(hints)],
  ];
}

function weightOf(hints: Hint[]): number {
  return hints.reduce((sum, { weight }) => sum + weight, 0);
}

function whyNone(top: Suspect | undefined): string {
  if (!top) return 'No root cause found: nothing that was measured got worse.';
  return `No root cause found: ${top.node} is the most unusual, and that is within what happens without a failure.`;
}
