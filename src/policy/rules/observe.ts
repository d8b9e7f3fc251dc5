import type { Facts, Said } from '../facts.ts';

/** A real site starts in observe mode: workers see and say, and change nothing. */
export function observe({ site }: Facts): Said {
  const rule = 'observe';
  if (site === 'trial') return { rule, kind: 'allow', because: 'The trial is in act mode.' };
  return { rule, kind: 'refuse', because: 'This site is in observe mode: workers change nothing here yet.' };
}
