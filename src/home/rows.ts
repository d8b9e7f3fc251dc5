import type { Budgets } from '../budgets/budget.ts';
import type { Charter } from '../charter/charter.ts';
import type { IncidentId, PersonId, WorkerId } from '../ids.ts';
import type { Receiving } from '../incidents/handoffs/handoff.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Waiting } from '../jobs/waiting.ts';
import type { Mode } from '../policy/facts.ts';

/** What a fleet is told from: everything that is open or under way, of all workers together. */
export interface Rows {
  now: Date;
  charters: Charter[];
  modeOf(worker: WorkerId): Mode;
  inventory: Inventory;
  budgets: Budgets;
  /** How many steps a runbook has that was begun; undefined where it is not known any more. */
  stepsOf(runbook: NonNullable<Incident['runbook']>): number | undefined;
  /** Where an incident can be read. */
  linkOf(incident: IncidentId): string | undefined;
  /** From one look at the metrics to the next. */
  cycleMs: number;
  incidents: Incident[];
  deeds: Deed[];
  handoffs: Handed[];
  approvals: { incident: IncidentId | null; worker: WorkerId; what: string; expiresAt: Date }[];
  /** Deeds that ran in the last 24 hours, and how many of them failed or did not help. */
  ran: { worker: WorkerId; failed: number; of: number }[];
  breakers: { worker: WorkerId; tool: string; because: string }[];
  kills: { scope: string; at: Date }[];
  /** Of this day, UTC; money in the smallest unit of the currency. */
  used: { worker: WorkerId; unit: 'calls' | 'tokens' | 'money'; used: number }[];
  jobs: Waiting[];
  /** The newest audit entry of each worker, and the newest that tells of a cycle. */
  signs: { worker: WorkerId; at: Date; cycle: boolean }[];
  /** Signals that are not over. */
  signals: number;
  /** What could not be read when it was read last. */
  blind: { source: 'metrics' | 'evidence'; says: string; since: Date }[];
}

/** A deed under way. */
export interface Deed {
  id: string;
  incident: IncidentId | null;
  step: number | null;
  worker: WorkerId;
  tool: string;
  /** JSON of its arguments. */
  given: string;
  target: string;
  what: string;
  status: 'ready' | 'waiting' | 'running';
  proposedAt: Date;
  startedAt: Date | null;
  requestedBy: PersonId | null;
}

/** A handoff that nobody took or refused yet. */
export interface Handed {
  incident: IncidentId;
  from: WorkerId | null;
  to: WorkerId;
  duty: Receiving;
  at: Date;
}

/** What workers are called by; an id where no charter in force has it. */
export function nameIn({ charters }: Pick<Rows, 'charters'>, worker: WorkerId | null): string {
  if (worker === null) return 'A person';
  return charters.find((one) => one.worker === worker)?.name ?? worker;
}

/** Whole minutes from one time to another, as "12 min" or "3 h". */
export function agoOf(from: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - from.getTime()) / 60_000));
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}
