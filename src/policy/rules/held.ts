import type { Facts, Said } from '../facts.ts';

/** What people say on an incident goes before what workers want: taken over, nothing; begun afresh, nothing from before. */
export function held({ incident }: Facts): Said {
  const rule = 'held';
  if (incident?.outdated)
    return { rule, kind: 'refuse', because: 'The incident has moved on since this was proposed.' };
  if (incident?.paused)
    return {
      rule,
      kind: 'allow',
      because: 'A person has paused this incident: it waits until it is resumed.',
    };
  if (!incident?.held) return { rule, kind: 'allow', because: 'No person holds this incident.' };
  return {
    rule,
    kind: 'refuse',
    because: 'A person has taken this incident over, so workers change nothing on it.',
  };
}
