import type { Action } from '../../actions/action.ts';
import type { Approval } from '../../approvals/approval.ts';
import type { Service } from '../../inventory/inventory.ts';
import type { Runbook } from '../../knowledge/runbook.ts';
import type { Signal } from '../../monitoring/signal.ts';
import type { Evidence, Incident, Logged } from '../incident.ts';
import type { StepRow } from '../steps/step.ts';
import type { Share } from './impact.ts';

/** All that a post-mortem is written from. */
export interface Recorded {
  incident: Incident;
  signals: Signal[];
  entries: Logged[];
  /** All that was proposed on it, oldest first. */
  actions: Action[];
  approvals: Approval[];
  /** How far each step of its runbooks came, and whether what it was to bring about was seen. */
  steps: StepRow[];
  service: Service | undefined;
  runbooks: Runbook[];
  /** What a metric is called for people. */
  says(metric: string): string;
  seen: Seen;
}

/** What the source of metrics says of it afterwards. */
export interface Seen {
  failing: Share;
  /** Since when the worst metric was unusual; null where nobody can say. */
  unusualSince: Date | null;
}

/** Those that ran, or may have. */
export function ran({ startedAt }: Action): boolean {
  return startedAt !== null;
}

/** The end of what users could feel: of the runbook where that was the mend, else of the verification. Pure. */
export function mendedAt({ incident: { mitigatedAt }, entries }: Pick<Recorded, 'incident' | 'entries'>) {
  const handedOn = entries.some(
    ({ kind, at }) => (kind === 'escalated' || kind === 'taken') && mitigatedAt && at >= mitigatedAt,
  );
  const over = entries.findLast(({ kind }) => kind === 'verified' || kind === 'resolved');
  return mitigatedAt && !handedOn ? mitigatedAt : over?.at;
}

/** What could not be looked at, and why. Pure. */
export function notRead({ source, found }: Pick<Evidence, 'source' | 'found'>): string {
  return `${source}: ${found.replace(/^Not checked: /, '')}`;
}
