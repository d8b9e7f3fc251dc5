import { type Facts, kinds, type Said } from '../facts.ts';
import { type Addition, appliesTo, type Policy } from '../policy.ts';

/** What the central policy adds for certain tools, classes and services: it can only be stricter. */
export function central(facts: Facts, { rules }: Policy): Said {
  return strictestOf('central', rules, facts);
}

/** What the business units of the target's services add: stricter, never looser. */
export function units(facts: Facts, policy: Policy): Said {
  const rules = facts.target.units.flatMap((unit) => policy.units[unit]?.rules ?? []);
  return strictestOf('units', rules, facts);
}

function strictestOf(rule: string, additions: Addition[], facts: Facts): Said {
  let said: Said = { rule, kind: 'allow', because: 'Nothing is added for it.' };
  for (const addition of additions) {
    if (!appliesTo(addition, facts)) continue;
    if (kinds.indexOf(addition.at_least) > kinds.indexOf(said.kind))
      said = { rule, kind: addition.at_least, because: addition.because };
  }
  return said;
}
