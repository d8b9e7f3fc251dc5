import { evidenceOf } from './causes/cause.ts';
import type { Suspect } from './diagnose/rank.ts';
import type { Gathered } from './evidence/gathered.ts';
import type { Hypothesis } from './incident.ts';

/** The kind of a cause of which no more is known than where it begins. */
export const unknown = 'unknown';

/** A cause where it begins gains this, one elsewhere loses it. Set by hand, as the rules' own weights are. */
const there = 0.05;
const elsewhere = 0.15;
/** Less than this share of the first one's score is elsewhere. */
const near = 0.5;
/** A place without a known cause is told with at most this: nothing is done on it. */
const most = 0.6;

/**
 * Weighs causes by where the failure begins: `suspects` has the likeliest first. When no cause is there, the place
 * itself is told as one of an unknown kind. Pure.
 */
export function located(
  causes: Hypothesis[],
  suspects: [Suspect, ...Suspect[]],
  gathered: Gathered,
): Hypothesis[] {
  const [first] = suspects;
  const scoreOf = (one: Hypothesis) =>
    Math.max(0, ...suspects.filter(({ node }) => concerns(one, node, gathered)).map(({ score }) => score));
  const weighed = causes.map((one) => {
    const share = scoreOf(one) / first.score;
    if (share >= 1) return { ...one, confidence: plus(one, there), for: [...one.for, evidenceOf.where] };
    if (share >= near) return one;
    return { ...one, confidence: plus(one, -elsewhere), against: [...one.against, evidenceOf.where] };
  });
  return causes.some((one) => concerns(one, first.node, gathered))
    ? weighed
    : [...weighed, unknownAt(first, suspects)];
}

/** It is about that node, or about a service that runs on it. */
function concerns({ known }: Hypothesis, node: string, { placed }: Gathered): boolean {
  if (known.server === node || known.service === node) return true;
  // A service without a server of its own in mind is as well where it runs.
  const runs = placed.find(({ server }) => server === node)?.services ?? [];
  return known.server === undefined && known.service !== undefined && runs.includes(known.service);
}

/** The surer, the further ahead of the next: half of the most when two are alike. */
function unknownAt(first: Suspect, suspects: Suspect[]): Hypothesis {
  const next = suspects[1]?.score ?? 0;
  const confidence = Math.round(100 * most * (1 - (0.5 * next) / first.score)) / 100;
  return {
    kind: unknown,
    says: `it begins at ${first.node}, for no cause that is known here`,
    ...{ confidence, for: [evidenceOf.where], against: [], known: {} },
  };
}

function plus({ confidence }: Hypothesis, by: number): number {
  return Math.round(100 * Math.min(0.95, Math.max(0, confidence + by))) / 100;
}
