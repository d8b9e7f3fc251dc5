import type { Facts, Mode, Said } from '../facts.ts';
import type { Policy } from '../policy.ts';

/** How far a worker is rolled out on a kind of site. */
export function modeOf({ rollout }: Pick<Policy, 'rollout'>, site: 'trial' | 'real', worker: string): Mode {
  return rollout.workers[worker] ?? rollout[site];
}

/** How far this worker is rolled out: observe changes nothing, notify asks for everything, act does what it may. */
export function rollout({ site, tool, worker }: Facts, policy: Policy): Said {
  const rule = 'rollout';
  const mode = modeOf(policy, site, worker.id);
  switch (mode) {
    case 'observe':
      // It changes no system, and there is no other way out of this mode.
      if (tool.name === 'adopt')
        return { rule, kind: 'ask', because: 'Adopting rules is asked for in observe mode too.' };
      return {
        rule,
        kind: 'refuse',
        because: `${worker.name} is in observe mode here: it sees and says, and changes nothing.`,
      };
    case 'notify':
      return {
        rule,
        kind: 'ask',
        because: `${worker.name} is in notify mode here: it asks for every change.`,
      };
    case 'act':
      return { rule, kind: 'allow', because: `${worker.name} is in act mode here.` };
  }
}
