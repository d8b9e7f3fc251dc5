// One incident's record, as a post-mortem is written from it, with what a test changes.
import type { Action } from '../../../src/actions/action.ts';
import type { Approval } from '../../../src/approvals/approval.ts';
import type { IncidentId, PersonId } from '../../../src/ids.ts';
import type { Happening, Incident, Logged } from '../../../src/incidents/incident.ts';
import type { PostMortem } from '../../../src/incidents/post-mortem/post-mortem.ts';
import type { Recorded } from '../../../src/incidents/post-mortem/recorded.ts';
import { write } from '../../../src/incidents/post-mortem/write.ts';
import type { Service } from '../../../src/inventory/inventory.ts';
import type { Runbook } from '../../../src/knowledge/runbook.ts';
import type { Signal } from '../../../src/monitoring/signal.ts';
import { maria, picture } from '../../chat/cards.ts';

export const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 10, 20, 10, minute, second));
export const logged = (minute: number, happening: Happening, worker = 'iris'): Logged =>
  ({ ...happening, at: at(minute), worker }) as Logged;

const says = 'checkout 2.1, deployed shortly before, is failing';
export const cause = { kind: 'bad-deployment', says, confidence: 0.84, known: { service: 'checkout' } };
export const hypotheses = [
  { ...cause, for: ['E1', 'E2'], against: ['E3'] },
  {
    ...{ kind: 'connection-pool', says: 'db-01 has no connections left', confidence: 0.31, known: {} },
    ...{ for: [], against: [] },
  },
];
export const evidence = [
  {
    id: 'E1',
    source: 'Metrics',
    query: 'q',
    found: 'error rate of checkout 7.92 errors/s (152 σ)',
    read: true,
  },
  { id: 'E2', source: 'Deployments', query: 'q', found: 'checkout was deployed: 2.1 (was 2.0)', read: true },
  {
    id: 'E3',
    source: 'Error logs',
    query: 'q',
    found: '3 × <b>|</b> new `TypeError` of *price*, see https://evil.example and www.evil.example &lt;',
    read: true,
  },
  { id: 'E4', source: 'Traces', query: 'q', found: 'Not checked: no Jaeger is connected.', read: false },
];
export const incident = {
  ...{ id: 'inc-7' as IncidentId, kind: 'incident', service: 'checkout', severity: 1, status: 'closed' },
  ...{ cause, runbook: { id: 'bad-deployment', version: 1, step: 1 }, worker: 'rex' },
  ...{ openedAt: at(0), mitigatedAt: at(9), endedAt: at(20) },
} as unknown as Incident;
export const service = {
  ...{ id: 'checkout', name: 'Checkout', owner: maria, revenuePerMinute: 380 },
  ...{ usersPerHour: 1_400, slaMinutes: 30 },
} as unknown as Service;
const signal = {
  ...{ kind: 'anomaly', metric: 'error_rate', service: 'checkout', server: null, z: 151.7, members: [] },
  ...{ raisedAt: at(0), foretold: null },
} as unknown as Signal;
export const question = { what: 'Roll checkout back to 2.0', expected: 'Errors are back to usual.' };
export const action = {
  ...{ id: 'act-1', worker: 'rex', question, status: 'done', autonomous: false, step: 0, undoes: null },
  ...{ health: 'better', tool: 'roll-back-deployment', arguments: { service: 'checkout', version: '2.0' } },
  ...{ proposedAt: at(2), startedAt: at(8), endedAt: at(8, 40) },
} as unknown as Action;
export const approval = {
  ...{ id: 'apr-1', worker: 'rex', question, status: 'approved', askedAt: at(2), expiresAt: at(240) },
  answers: [{ person: maria, answer: 'approve', reason: null, roles: [], typed: false, at: at(3) }],
} as unknown as Approval;
const metrics = [
  { metric: 'error_rate', says: 'error rate', subject: 'checkout', value: 0.3, usual: 0.3, z: 0.2 },
];
export const verified = logged(19, { kind: 'verified', facts: { metrics, seconds: 1_140 } }, 'rex');
export const found = [
  logged(1, { kind: 'evidence', facts: { evidence } }),
  logged(1, { kind: 'diagnosis', facts: { hypotheses, plan: 'I follow the runbook.' } }),
];

/** An incident that went well. */
export function recorded(changed: Partial<Recorded> = {}): Recorded {
  return {
    ...{
      incident,
      signals: [signal],
      entries: [...found, verified],
      actions: [action],
      approvals: [approval],
      steps: [],
    },
    ...{ service, runbooks: [{ id: 'bad-deployment', mends: 'bad-deployment' } as Runbook] },
    says: (metric) => metric.replace('_', ' '),
    seen: { failing: { kind: 'measured', share: 0.304 }, unusualSince: at(0) },
    ...changed,
  };
}

/** Its draft, with two things to be done. */
export function postMortem(changed: Partial<PostMortem> = {}, of: Partial<Recorded> = {}): PostMortem {
  const task = { addedBy: maria, doneBy: null, doneAt: null, remindedAt: null };
  return {
    ...write(recorded(of)),
    tasks: [
      { ...task, nth: 1, what: 'Test *prices* before they go live', owner: maria, due: '2026-12-01' },
      {
        ...{ ...task, nth: 2, what: 'Connect Jaeger', owner: 'p-dba' as PersonId, due: '2026-11-19' },
        remindedAt: at(30),
      },
    ],
    corrections: [],
    picture: { id: picture, alt: 'Line chart of error rate of checkout. Marked: signal 11:00.' },
    noChart: null,
    ...{ draftedAt: at(21), filesAt: at(21 + 5 * 1_440), filedAt: null, filedBy: null },
    ...changed,
  };
}

/** The same, filed and corrected. */
export function filed(changed: Partial<PostMortem> = {}, of: Partial<Recorded> = {}): PostMortem {
  return postMortem(
    {
      ...{ filedAt: at(60), filedBy: maria, tasks: [] },
      corrections: [{ words: 'It was the <tax> table.', person: maria, at: at(90) }],
      ...changed,
    },
    of,
  );
}
