import { type Facts, type Kind, kinds, type Said } from './facts.ts';
import type { Policy, Rule, Terms } from './policy.ts';
import { central, units } from './rules/additions.ts';
import { archetype, termsFor } from './rules/archetype.ts';
import { confidence } from './rules/confidence.ts';
import { envelope } from './rules/envelope.ts';
import { foretold } from './rules/foretold.ts';
import { freeze } from './rules/freeze.ts';
import { held } from './rules/held.ts';
import { limit } from './rules/limit.ts';
import { risk } from './rules/risk.ts';
import { rollout } from './rules/rollout.ts';
import { signOff } from './rules/sign-off.ts';
import { breaker, kill, loop } from './rules/stops.ts';
import { changeWindow } from './rules/window.ts';

const rules: Rule[] = [
  kill,
  signOff,
  rollout,
  held,
  envelope,
  risk,
  confidence,
  central,
  units,
  archetype,
  freeze,
  changeWindow,
  limit,
  loop,
  breaker,
  foretold,
];

export interface Decision {
  kind: Kind;
  /** The sentences of the rules that made it so. */
  because: string[];
  /** What every rule said: the explanation. */
  said: Said[];
  /** Who must answer, when the decision is to ask. */
  terms?: Terms;
}

/** What may be done about `facts` under `policy`: every rule speaks and the strictest wins. Pure. */
export function decide(facts: Facts, policy: Policy): Decision {
  const said = rules.map((rule) => rule(facts, policy));
  const kind = strictest(said);
  const because = said.filter((one) => one.kind === kind).map((one) => one.because);
  return kind === 'ask' ? { kind, because, said, terms: termsFor(facts, policy) } : { kind, because, said };
}

/** A rule that says nothing known counts as a refusal, and so does having no rules. */
function strictest(said: Said[]): Kind {
  const ranks = said.map(({ kind }) => kinds.indexOf(kind));
  return ranks.includes(-1) ? 'refuse' : (kinds[Math.max(...ranks)] ?? 'refuse');
}
