import type { Runbook } from '../knowledge/runbook.ts';
import { diagnose, left, plan } from './diagnose.ts';
import type { Frozen } from './freeze.ts';
import type { Hypothesis, Incident } from './incident.ts';

export interface Thought {
  /** The likeliest first. */
  hypotheses: Hypothesis[];
  /** What follows from it, in a sentence. */
  plan: string;
}

export interface Replayed {
  /** When it was diagnosed. */
  before: Thought;
  now: Thought;
  /** The likeliest cause and the plan are as they were. */
  same: boolean;
}

/** Makes a diagnosis again by today's rules and runbooks from what was frozen, and holds it against the one made then. Pure. */
export function replay(
  { gathered, direction, inventory, hypotheses: found, plan: planned }: Frozen,
  runbooks: Runbook[],
): Replayed {
  const hypotheses = diagnose(gathered);
  const causes = left(hypotheses, direction, inventory);
  const incident: Pick<Incident, 'kind' | 'direction'> = { kind: 'incident', direction };
  const now = { hypotheses, plan: plan(causes, runbooks, incident).because };
  const before = found.map(byRule);
  const [likeliest] = left(before, direction, inventory);
  const [first] = causes;
  const same = likeliest?.kind === first?.kind && likeliest?.says === first?.says && planned === now.plan;
  return { before: { hypotheses: before, plan: planned }, now, same };
}

/** As sure as it was by rule, before outcomes were counted: those of today are others. */
function byRule({ raw, outcomes: _, ...rest }: Hypothesis): Hypothesis {
  return { ...rest, confidence: raw ?? rest.confidence };
}
