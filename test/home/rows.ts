// Rows of a fleet for tests: Fernwood and its shipped workers, with nothing to do unless a test says so.
import type { Charter } from '../../src/charter/charter.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { Deed, Handed, Rows } from '../../src/home/rows.ts';
import type { IncidentId, WorkerId } from '../../src/ids.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { readManifests } from '../../src/manifests.ts';

export const { charters, policy } = readManifests('manifests');
export const now = new Date('2026-11-20T10:30:00Z');
/** So many minutes before now. */
export const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
export const id = (nth: number) => `inc-${nth}` as IncidentId;
export const [ada, iris, nora, rex] = ['ada', 'iris', 'nora', 'rex'] as WorkerId[] as [
  WorkerId,
  WorkerId,
  WorkerId,
  WorkerId,
];

/** The shipped charters, with one of them changed, or copied under another name. */
export function charterOf(worker: WorkerId, changed: Partial<Charter> = {}): Charter {
  const found = charters.find((one) => one.worker === worker);
  if (!found) throw new Error(`There is no charter of ${worker}.`);
  return { ...found, ...changed };
}

export function rowsWith(changed: Partial<Rows> = {}): Rows {
  return {
    ...{ now, charters, inventory: fernwood, budgets: policy.limits.budgets, cycleMs: 60_000, signals: 0 },
    ...{ incidents: [], deeds: [], handoffs: [], approvals: [], ran: [], breakers: [], kills: [], used: [] },
    ...{ jobs: [], signs: [{ worker: ada, at: ago(0.5), cycle: true }], blind: [] },
    modeOf: () => 'act',
    stepsOf: () => 3,
    linkOf: (incident) => `https://chat.example/${incident}`,
    ...changed,
  };
}

export function incident(nth: number, changed: Partial<Incident> = {}): Incident {
  return {
    ...{ id: id(nth), kind: 'incident', service: 'checkout', status: 'investigating', severity: 2 },
    ...{ worker: iris, owner: null, cause: null, runbook: null, attempt: 0, pausedBy: null, direction: null },
    ...{ said: null, severityBy: null, mergedInto: null, openedAt: ago(4), mitigatedAt: null },
    ...{ usualSince: null, endedAt: null },
    ...changed,
  } as Incident;
}

export const cause = (server?: string) => ({
  ...{ kind: 'memory-leak', says: 'checkout leaks memory', confidence: 0.924 },
  known: { service: 'checkout', ...(server && { server }) },
});

export function deed(nth: number, changed: Partial<Deed> = {}): Deed {
  return {
    ...{ id: `act-${nth}`, incident: id(nth), step: 0, worker: rex, tool: 'restart-service' },
    ...{ given: '{"service":"checkout"}', target: 'app-01', what: 'Restart checkout on app-01' },
    ...{ status: 'running', proposedAt: ago(3), startedAt: ago(2), requestedBy: null },
    ...changed,
  };
}

export const handed = (nth: number, changed: Partial<Handed> = {}): Handed => ({
  ...{ incident: id(nth), from: nora, to: rex, duty: 'resolution', at: ago(1) },
  ...changed,
});
