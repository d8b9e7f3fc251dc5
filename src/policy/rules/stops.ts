import type { Facts, Said } from '../facts.ts';

/** A thrown kill switch refuses everything it reaches. */
export function kill({ killed }: Facts): Said {
  const rule = 'kill';
  if (!killed?.length) return { rule, kind: 'allow', because: 'No kill switch is thrown.' };
  return {
    rule,
    kind: 'refuse',
    because: `The kill switch is thrown for ${killed.join(' and ')}: a governor can release it with /roster unkill.`,
  };
}

/** An open circuit breaker takes autonomy away until a person closes it. */
export function breaker({ breaker: open }: Facts): Said {
  const rule = 'breaker';
  if (open === undefined) return { rule, kind: 'allow', because: 'The circuit breaker is closed.' };
  return { rule, kind: 'ask', because: open };
}

/** The same deed again without anything new is a loop: a person decides. */
export function loop({ repeated }: Facts): Said {
  const rule = 'loop';
  if (!repeated) return { rule, kind: 'allow', because: 'It was not done before on this incident.' };
  return {
    rule,
    kind: 'ask',
    because: 'The same was done before on this incident and nothing new has been learnt since.',
  };
}
