import type { Facts, Said } from '../facts.ts';

/** A worker changes only so much alone on one incident before a person says to go on. */
export function limit({ incident }: Facts): Said {
  const rule = 'limit';
  if (!incident) return { rule, kind: 'allow', because: 'It belongs to no incident.' };
  const { autonomousChanges: done, granted } = incident;
  if (done < granted)
    return { rule, kind: 'allow', because: `${done} of ${granted} changes made alone on this incident.` };
  return {
    rule,
    kind: 'ask',
    because: `All ${granted} changes this incident allows alone are used: approving also grants more.`,
  };
}
