// What a team of four was recorded to do in a day, and teams of other sizes.
import type { Approval } from '../../src/approvals/approval.ts';
import type { Charter } from '../../src/charter/charter.ts';
import type { ApprovalId, IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Incident, Status } from '../../src/incidents/incident.ts';
import type { Asked, Phase } from '../../src/incidents/read.ts';
import { peopleOf } from '../../src/people/people.ts';
import type { Links } from '../../src/standup/card.ts';
import { type Rows, standup, type Telling } from '../../src/standup/standup.ts';
import type { Told } from '../../src/standup/told.ts';
import { manifests } from '../shift.ts';

/** Monday's, of the weekend. */
export const at = (day: number, hour: number, minute = 0) => new Date(Date.UTC(2026, 10, day, hour, minute));
const since = at(20, 8);
export const until = at(23, 8);

export const none: Rows = {
  ...{ incidents: [], deeds: [], phases: [], passed: [], signals: [] },
  ...{ approvals: [], asked: [], late: [] },
};
export const people = peopleOf([
  { id: 'maria' as PersonId, name: 'Maria', roles: ['on-call'], accounts: [] },
  { id: 'robin' as PersonId, name: 'Robin', roles: ['on-call'], accounts: [] },
  { id: 'dana' as PersonId, name: 'Dana', roles: ['database-owner'], accounts: [] },
]);

export const telling: Telling = {
  title: 'Stand-up, Monday 23 November',
  workers: manifests.charters.map(({ worker }) => worker),
  team: manifests.charters,
  ...{ people, since, until },
};

export function incident(
  nth: number,
  service: string,
  status: Status,
  changed: Partial<Incident> = {},
): Incident {
  const over = ['closed', 'false-alarm', 'merged'].includes(status);
  const its = {
    id: `inc-${nth}` as IncidentId,
    kind: 'incident',
    service,
    status,
    severity: 3,
    worker: 'rex',
  };
  const rest = { owner: null, cause: null, pausedBy: null, mergedInto: null, said: null };
  const times = { openedAt: at(21, 7), mitigatedAt: null, endedAt: over ? at(21, 7, 12) : null };
  return { ...its, ...rest, ...times, ...changed } as Incident;
}

export const leak = { kind: 'memory-leak', says: 'search leaks memory', confidence: 0.92, known: {} };
export const cause = (nth: number, says: string | null, confidence = 0.92): Phase => {
  const its = {
    incident: `inc-${nth}` as IncidentId,
    kind: 'diagnosis' as const,
    worker: 'iris' as WorkerId,
  };
  return { ...its, at: at(21, 7, 1), says, confidence: says === null ? null : confidence };
};
export const deed = (nth: number | null, what: string, autonomous = true, worker = 'rex') => ({
  ...{ incident: nth === null ? null : (`inc-${nth}` as IncidentId), worker: worker as WorkerId },
  ...{ what, autonomous, endedAt: at(21, 7, 5) },
});
export const approval = (what: string, changed: Partial<Approval> = {}): Approval =>
  ({
    ...{ id: 'apr-1' as ApprovalId, worker: 'rex', incident: 'inc-3', question: { what } },
    ...{ terms: { seats: [['on-call', 'governor']] }, excluded: [], answers: [], expiresAt: at(23, 12, 5) },
    ...changed,
  }) as Approval;
export const asked = (nth: number, changed: Partial<Asked> = {}): Asked => ({
  incident: `inc-${nth}` as IncidentId,
  ...{
    because: 'No known cause fits what was found, so a person must look.',
    asks: null,
    by: null,
    next: null,
  },
  ...changed,
});
export const passed = (nth: number, to = 'rex') => ({
  ...{ incident: `inc-${nth}` as IncidentId, from: 'nora' as WorkerId, to: to as WorkerId },
});

/** A weekend of four workers. */
export const weekend: Rows = {
  incidents: [
    incident(1, 'search', 'closed', { cause: leak }),
    incident(2, 'orders', 'false-alarm', { worker: 'iris' as WorkerId }),
    incident(3, 'checkout', 'remediating', { cause: { ...leak, says: 'checkout 2.1 is failing' } }),
    incident(4, 'catalog', 'escalated', { worker: 'nora' as WorkerId, severity: 2 }),
    incident(5, 'payments', 'taken', { owner: 'dana' as PersonId }),
    incident(6, 'storefront', 'verifying', { openedAt: at(19, 7) }),
  ],
  deeds: [deed(1, 'Restart search on search-01'), deed(6, 'Roll storefront back to 1.9', false)],
  phases: [cause(1, 'search leaks memory'), cause(3, 'checkout 2.1 is failing', 0.845), cause(4, null)],
  passed: [passed(1), passed(3)],
  signals: [
    { service: 'catalog', count: 3 },
    { service: 'orders', count: 1 },
  ],
  approvals: [approval('Roll checkout back to 2.0')],
  asked: [asked(4)],
  late: [
    {
      ...{ incident: 'inc-0' as IncidentId, worker: 'rex' as WorkerId, nth: 2 },
      ...{ what: 'Check the alert on free disk space', owner: 'dana' as PersonId, due: '2026-11-20' },
    },
  ],
};

/** As many workers who mend as are wanted, each with so many incidents mended and one that needs a person. */
export function busy(workers: number, each: number): Told {
  const [first] = manifests.charters as [Charter, ...Charter[]];
  const team = Array.from({ length: workers }, (_, nth): Charter => {
    return {
      ...first,
      worker: `worker-${nth + 1}` as WorkerId,
      name: `Worker ${nth + 1}`,
      duties: ['resolution'],
    };
  });
  const incidents = team.flatMap(({ worker }, nth) => [
    ...Array.from({ length: each }, (_, of) =>
      incident(nth * 100 + of, 'search', 'closed', { worker, cause: leak }),
    ),
    incident(nth * 100 + 99, 'checkout', 'escalated', { worker }),
  ]);
  const deeds = incidents
    .filter(({ status }) => status === 'closed')
    .map(({ id, worker }) => ({
      ...deed(null, 'Restart search on search-01'),
      ...{ incident: id, worker },
    }));
  const all = incidents
    .filter(({ status }) => status === 'escalated')
    .map(({ id }) => ({ ...asked(0), incident: id }));
  const rows = { ...none, incidents, deeds, asked: all };
  return standup(rows, { ...telling, team, workers: team.map(({ worker }) => worker) });
}

/** Links as long as Slack's. */
export const links: Links = {
  incident: (id) => `https://fernwood.slack.com/archives/C01OPS/p17638${id.slice(4).padStart(11, '0')}`,
  question: (id) => `https://fernwood.slack.com/archives/C01APPROVALS/p17638${id.slice(4).padStart(11, '0')}`,
};
export const unlinked: Links = { incident: () => undefined, question: () => undefined };
