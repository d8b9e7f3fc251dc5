import type { Facts, Said } from '../facts.ts';

/** An incident that a person took over or called off is theirs: workers change nothing on it. */
export function held({ incident }: Facts): Said {
  const rule = 'held';
  if (!incident?.held) return { rule, kind: 'allow', because: 'No person holds this incident.' };
  return {
    rule,
    kind: 'refuse',
    because: 'A person has taken this incident over, so workers change nothing on it.',
  };
}
