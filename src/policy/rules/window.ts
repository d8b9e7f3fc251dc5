import type { Facts, Said } from '../facts.ts';
import type { Policy } from '../policy.ts';

/** Outside the maintenance windows of its services a change may need an approval; an incident's own steps do not wait for one. */
export function changeWindow({ tool, target, incident }: Facts, { outside_windows: outside }: Policy): Said {
  const rule = 'window';
  if (incident)
    return { rule, kind: 'allow', because: 'It mends an incident, which waits for no maintenance window.' };
  if (target.window !== 'closed')
    return { rule, kind: 'allow', because: 'No maintenance window stands against it.' };
  const kind = outside[tool.risk];
  return {
    rule,
    kind,
    because: `The maintenance windows of ${target.services.join(' and ')} are closed now.`,
  };
}
