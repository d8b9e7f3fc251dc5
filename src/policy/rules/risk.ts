import type { Facts, Said } from '../facts.ts';
import type { Policy } from '../policy.ts';

/** The tool's risk tier: low runs, medium and high are asked for. */
export function risk({ tool }: Facts, policy: Policy): Said {
  const kind = policy.risk[tool.risk];
  const then = {
    allow: 'may run',
    notify: 'may run and is told of',
    ask: 'needs an approval',
    refuse: 'is refused',
  }[kind];
  return { rule: 'risk', kind, because: `A ${tool.risk}-risk change ${then}.` };
}
