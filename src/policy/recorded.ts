import type { Target } from './facts.ts';
import type { Policy } from './policy.ts';

/** Whether a change of this target may begin only once its change record is open. Pure. */
export function requiresRecord({ change_records }: Pick<Policy, 'change_records'>, target: Target): boolean {
  const ofClass = target.class === undefined ? undefined : change_records?.classes?.[target.class];
  return (ofClass ?? change_records?.default) === 'required';
}
