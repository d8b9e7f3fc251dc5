import { decide } from './decide.ts';
import type { Facts, Kind } from './facts.ts';
import type { Policy } from './policy.ts';

/** A decision as it was recorded. */
export interface Recorded {
  seq: number;
  at: string;
  action: string;
  facts: Facts;
  kind: Kind;
}

export interface Changed {
  seq: number;
  at: string;
  action: string;
  tool: string;
  target: string;
  before: Kind;
  after: Kind;
  because: string[];
}

/** Which recorded decisions another policy would have made otherwise, with its reasons. Pure: the same `decide`. */
export function tryPolicy(recorded: Recorded[], policy: Policy): Changed[] {
  return recorded.flatMap(({ seq, at, action, facts, kind }) => {
    const { kind: after, because } = decide(facts, policy);
    if (after === kind) return [];
    return [
      { seq, at, action, tool: facts.tool.name, target: facts.target.id, before: kind, after, because },
    ];
  });
}
