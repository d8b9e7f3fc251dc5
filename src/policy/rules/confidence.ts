import type { Facts, Said } from '../facts.ts';
import type { Bar, Policy } from '../policy.ts';

/** How sure the worker is: at or above `execute` it acts, at or above `notify` it acts and tells, below a person decides. */
export function confidence(facts: Facts, policy: Policy): Said {
  const rule = 'confidence';
  const sure = facts.confidence;
  const bar = barFor(facts, policy);
  const percent = (share: number) => `${Math.floor(share * 100)} %`;
  if (!(sure >= 0 && sure <= 1)) {
    const because = `The confidence given is ${sure}, not a share from 0 to 1: a person decides.`;
    return { rule, kind: 'ask', because };
  }
  if (sure >= bar.execute) {
    return { rule, kind: 'allow', because: `Confidence ${percent(sure)} reaches ${percent(bar.execute)}.` };
  }
  if (sure >= bar.notify) {
    const because = `Confidence ${percent(sure)} is between ${percent(bar.notify)} and ${percent(bar.execute)}.`;
    return { rule, kind: 'notify', because };
  }
  return {
    rule,
    kind: 'ask',
    because: `Confidence ${percent(sure)} is below ${percent(bar.notify)}: a person decides.`,
  };
}

/** The strictest of the bars for the tool, the target's class and its business units; the default where none is set. */
function barFor({ tool, target }: Facts, { confidence: bars, units }: Policy): Bar {
  const own = [
    bars.tools[tool.name],
    target.class === undefined ? undefined : bars.classes[target.class],
    ...target.units.map((unit) => units[unit]?.confidence),
  ].filter((bar) => bar !== undefined);
  const all = own.length > 0 ? own : [bars.default];
  return {
    execute: Math.max(...all.map(({ execute }) => execute)),
    notify: Math.max(...all.map(({ notify }) => notify)),
  };
}
