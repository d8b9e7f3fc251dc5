import type { Facts, Policy, Said } from '../facts.ts';

/** How sure the worker is: at or above `execute` it acts, at or above `notify` it acts and tells, below a person decides. */
export function confidence({ confidence: sure }: Facts, { confidence: bar }: Policy): Said {
  const rule = 'confidence';
  const percent = (share: number) => `${Math.floor(share * 100)} %`;
  if (!(sure >= 0 && sure <= 1)) {
    const because = `The confidence given is ${sure}, not a share from 0 to 1: a person decides.`;
    return { rule, kind: 'ask', because };
  }
  if (sure >= bar.execute)
    return { rule, kind: 'allow', because: `Confidence ${percent(sure)} reaches ${percent(bar.execute)}.` };
  if (sure >= bar.notify) {
    return {
      rule,
      kind: 'notify',
      because: `Confidence ${percent(sure)} is between ${percent(bar.notify)} and ${percent(bar.execute)}.`,
    };
  }
  return {
    rule,
    kind: 'ask',
    because: `Confidence ${percent(sure)} is below ${percent(bar.notify)}: a person decides.`,
  };
}
