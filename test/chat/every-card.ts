// Every card the product can show, with the file it is made in; a file that makes cards and is not here fails the suite.
import type { Action } from '../../src/actions/action.ts';
import type { Checkpoint } from '../../src/audit/checkpoint.ts';
import type { Card } from '../../src/chat/card.ts';
import { say } from '../../src/commanded.ts';
import { offer } from '../../src/declared.ts';
import { rehearsedCard, saidCard } from '../../src/dry-run.ts';
import { pastCard } from '../../src/estate/past/card.ts';
import type { PastProgress } from '../../src/estate/past/progress.ts';
import { brokenCard } from '../../src/estate/trial.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import { incidentCard, type Told } from '../../src/incidents/card.ts';
import type { Argued, Happening, Logged, Measured, Status } from '../../src/incidents/incident.ts';
import { changeCard, updateCard } from '../../src/incidents/stakeholders.ts';
import { threadOf } from '../../src/incidents/thread.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { checkpointCard, outcomeCard } from '../../src/shown.ts';
import { commands, introduction } from '../../src/workers/command.ts';
import type { Desk } from '../../src/workers/tell.ts';
import { ada, maria } from './cards.ts';
import { everyAnswer } from './every-answer.ts';
import { everyApproval, question } from './every-approval.ts';
import { checklist, everyChecklist, rehearsed, stepSeen, stopped } from './every-checklist.ts';
import { everyDigest, everyScorecard } from './every-digest.ts';
import { everyFleet, everyHome, everyStranger } from './every-home.ts';
import { everyPostMortem, everyRunbook } from './every-post-mortem.ts';
import { everyHabit, everyReview } from './every-review.ts';
import { everyHeld, everySignal, everySilence } from './every-signal.ts';
import { everyStandup } from './every-standup.ts';

/** A card and the file under src/ it is made in. */
export interface Shown {
  from: string;
  what: string;
  card: Card;
}

const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
const robin = 'p-oncall' as PersonId;
const dana = 'p-dba' as PersonId;
const nora = { name: 'Nora', role: 'Routing worker', avatar: ':compass:' };
const incident = 'inc-7' as IncidentId;

const recorded = [
  { number: 'CHG0030001', url: 'https://sn.example/nav_to.do?uri=change_request.do?sys_id=1' },
  { number: 'OPS-1', url: 'https://jira.example/browse/OPS-1' },
];
const signals = [
  {
    metric: 'error_rate',
    service: 'checkout',
    server: null,
    z: 41.23,
    members: [] as Signal['members'],
  } as Signal,
];
const measured: Measured[] = [
  { metric: 'error_rate', says: 'error rate', subject: 'checkout', value: 0.01, usual: 0.012, z: 0.4 },
  { metric: 'latency_p95', says: '95th latency', subject: 'checkout', value: 0.2, usual: 0.19, z: 0.6 },
];

function pastShown(past: PastProgress): Card {
  const card = pastCard(past, ada);
  if (!card) throw new Error('There is no card of it.');
  return card;
}

function told(status: Status, changed: Partial<Told> = {}): Told {
  const endedAt = ['closed', 'false-alarm', 'merged'].includes(status) ? at(30) : null;
  const cause = { kind: 'bad-deployment', says: 'checkout 2.1 is failing', confidence: 0.92, known: {} };
  const its = {
    id: incident,
    service: 'checkout',
    status,
    severity: 1,
    owner: null,
    pausedBy: null,
    said: null,
    mergedInto: status === 'merged' ? ('inc-5' as IncidentId) : null,
    openedAt: at(0),
    endedAt,
  };
  return {
    incident: { ...its, cause: status === 'investigating' ? null : cause } as unknown as Told['incident'],
    signals,
    entries: [],
    service: { id: 'checkout', name: 'Checkout', owner: maria, revenuePerMinute: 380 } as Told['service'],
    by: ada,
    byOf: (worker) => (worker === 'nora' ? nora : ada),
    withRole: (roles) => (roles.includes('database-owner') ? [dana] : []),
    says: (metric) => metric.replace('_', ' '),
    asks: [maria, robin],
    verifyMs: 45_000,
    timezone: 'Europe/Berlin',
    linkTo: () => undefined,
    waitingFor: undefined,
    ...changed,
  };
}

const due = at(260).getTime() / 1_000;
const forecast = {
  ...{ kind: 'forecast', metric: 'disk_available', service: 'orders', server: 'db-02', raisedAt: at(0) },
  because: ['At this pace the free disk space of db-02 reaches 0 B in about 4 h 20 min.'],
  foretold: {
    ...{ cause: 'full-disk', what: 'free disk space used up', like: [] },
    ...{ at: due, earliest: due - 1_800, latest: due + 3_000 },
  },
} as unknown as Signal;
const precursor = {
  ...{ ...forecast, kind: 'precursor', metric: 'full-disk' },
  because: ['db-02 looks as before inc-3 and inc-5 (full-disk).'],
  foretold: {
    ...{ cause: 'full-disk', what: 'full disk', like: ['inc-3', 'inc-5'] },
    ...{ at: due, earliest: null, latest: null },
  },
} as unknown as Signal;
const plan = 'Runbook "Free a disk before logs have filled it" prevents full-disk.';

/** The same, of what is not broken yet. */
function ahead(status: Status, changed: Partial<Told> = {}, prevented = false): Told {
  const one = told(status, { signals: [forecast], ...changed });
  const cause = { kind: 'full-disk', says: 'free disk space used up on db-02', confidence: 0.7, known: {} };
  const entries = [
    { kind: 'diagnosis', facts: { hypotheses: [], plan }, at: at(1) },
    { kind: 'watched', facts: happenings.watched, at: at(2) },
  ] as unknown as Logged[];
  const its = { kind: 'prediction' as const, service: 'orders', mitigatedAt: prevented ? at(9) : null };
  const runbook = status === 'watching' ? null : { id: 'filling-disk', version: 1, step: 0 };
  const incident = { ...one.incident, ...its, runbook, cause: status === 'investigating' ? null : cause };
  return { ...one, incident, entries: status === 'investigating' ? [] : entries };
}

const waitingFor = 'Rotate and compress the logs on db-02.';

function predictions(): [what: string, card: Card][] {
  const late = { ...forecast.foretold, at: due + 86_400, earliest: due, latest: null };
  const never = { ...precursor, foretold: { ...precursor.foretold, at: null } } as Signal;
  const linkTo = (id: string) => (id === 'inc-5' ? 'https://ops.slack.com/archives/C01OPS/p5' : undefined);
  return [
    ...(Object.keys(ofPredictions) as Status[]).map((status): [string, Card] => [
      `prediction-${status}`,
      incidentCard(ahead(status)),
    ]),
    ['prediction-waiting', incidentCard(ahead('remediating', { waitingFor }))],
    ['prediction-prevented', incidentCard(ahead('closed', {}, true))],
    ['prediction-paused', incidentCard(paused(ahead('remediating')))],
    [
      'prediction-precursor',
      incidentCard(ahead('remediating', { waitingFor, signals: [precursor], linkTo })),
    ],
    ['prediction-precursor-undated', incidentCard(ahead('watching', { signals: [never] }))],
    [
      'prediction-days-ahead',
      incidentCard(ahead('watching', { signals: [{ ...forecast, foretold: late } as Signal] })),
    ],
  ];
}

function predictionPosts(): Shown[] {
  const shown: Happening['kind'][] = ['evidence', 'diagnosis', 'step', 'watched', 'verified', 'post-mortem'];
  const entries = shown.map((kind) => ({ kind, facts: happenings[kind], at: at(1) }) as Logged);
  return threadOf({ ...ahead('closed', {}, true), entries }, [], []).map(({ part, card }) => {
    return { from: 'incidents/thread.ts', what: `prediction-post-${part.replace(/^\d+-/, '')}`, card };
  });
}

function paused(one: Told): Told {
  return { ...one, incident: { ...one.incident, pausedBy: maria } };
}

function byHand(one: Told): Told {
  return { ...one, incident: { ...one.incident, runbook: { id: 'a', version: 1, step: 1, by: maria } } };
}

/** What leaders read, by status, and each change. */
function updates(): [what: string, card: Card][] {
  const often = { from: 2, minutes: 30 };
  const stakeholders = ['p-manager' as PersonId];
  const service = { ...told('closed').service, usersPerHour: 1_400, stakeholders } as Told['service'];
  const card = (status: Status, more: Partial<Told> = {}): [string, Card] => [
    `update-${status}`,
    updateCard(told(status, { service, ...more }), often, at(12)),
  ];
  const changes = [
    'cause',
    'person',
    'taken',
    'failed',
    'mended',
    'false-alarm',
    'reopened',
    'merged',
  ] as const;
  return [
    ...(Object.keys(statuses) as Status[]).filter((one) => one !== 'watching').map((one) => card(one)),
    ['update-waiting', card('remediating', { waitingFor: 'Roll checkout back.' })[1]],
    ['update-paused', updateCard(paused(told('remediating')), often, at(12))],
    ...changes.map((change): [string, Card] => [`update-change-${change}`, changeCard(ada, change)]),
  ];
}

/** What only a person says is wrong. */
function declaredCards(): [what: string, card: Card][] {
  const said = { person: robin, words: 'cards are *declined*', at: at(0).toISOString(), off: [] };
  return (['investigating', 'escalated', 'taken'] as const).map((status) => {
    const one = told(status, { signals: [] });
    return [`incident-declared-${status}`, incidentCard({ ...one, incident: { ...one.incident, said } })];
  });
}

const statuses: Record<Status, true> = {
  investigating: true,
  routing: true,
  remediating: true,
  verifying: true,
  undoing: true,
  verified: true,
  closed: true,
  escalated: true,
  watching: true,
  taken: true,
  'false-alarm': true,
  merged: true,
};

const { undoing: _, escalated: __, merged: ___, ...ofPredictions } = statuses;

const hypotheses = [
  { kind: 'a', says: 'checkout 2.1 is failing', confidence: 0.92, known: {}, for: ['E1', 'E3'], against: [] },
  { kind: 'b', says: 'the database is slow', confidence: 0.2, known: {}, for: ['E2'], against: ['E4'] },
];
const evidence = [
  { id: 'E1', source: 'Prometheus', query: 'q', found: 'error_rate of *checkout* is 41 σ', read: true },
];
const argued: Argued = {
  model: 'claude-opus-5-5',
  kind: 'bad-deployment',
  more: [
    {
      id: 'E5',
      source: 'Error logs',
      query: 'q',
      found: '12 error lines, the newest: <b>no</b>',
      read: true,
    },
  ],
  rootCause: ['checkout 2.1 answers 500 since it was deployed.'],
  lowered: [{ says: 'checkout 2.1 is failing', from: 0.92, to: 0.6 }],
  dropped: [{ says: 'db-99 is full', because: 'db-99 is not in the inventory' }],
  ask: true,
};
const routing = 'Iris → Nora: find the way to mend it, 92 % sure, because E1, E3';
/** Every kind of post, so that a new one does not compile until it is here. */
const happenings: { [Kind in Happening['kind']]: Extract<Happening, { kind: Kind }>['facts'] } = {
  // Before it, posts are of what is not broken yet.
  'wrong-cause': { person: 'p-oncall' as PersonId, why: 'It was a *feature flag*, not the deployment.' },
  'came-true': { seconds: 2_520, foretold: { kind: 'full-disk', says: 'free disk space used up on db-02' } },
  evidence: { evidence, handed: 'Ada → Iris: find out what broke on Checkout, 90 % sure' },
  diagnosis: { hypotheses, plan: 'I follow the runbook roll-back.', handed: routing } as never,
  routed: {
    handed: 'Nora → Rex: roll checkout back to 2.0, 92 % sure, because E1, E3',
    stakes: 'At stake: SEV1, EUR 380 a minute, 1,400 people an hour, 29 min of the agreed time left.',
    tell: [maria],
  },
  step: { step: 0, attempt: 0, what: 'Roll checkout back to 2.0', metrics: measured },
  stopped,
  checklist,
  'by-hand': { person: maria, step: 0, what: 'Roll checkout back to 2.0', words: 'helm rollback\n<done>' },
  given: { person: maria, step: 1, what: 'Restart checkout on app-01', rest: false },
  unargued: { because: 'Claude is overloaded (529).' },
  escalated: { because: 'No known cause fits.', asks: { roles: ['database-owner'], people: [maria] } },
  unanswered: { person: 'p-manager' as PersonId, afterMs: 900_000 },
  watched: { because: 'There is no preventive runbook for connections, so a person should look.' },
  declared: { person: maria, what: 'cards are *declined*' },
  resolved: { person: maria },
  severity: {
    ...{ person: robin, from: 3, to: 1, tell: [maria] },
    stakes: 'At stake: SEV1, EUR 70 a minute.',
  },
  reopened: { person: maria, why: 'Customers still see errors.' },
  merged: { person: maria, into: 'inc-5' as IncidentId },
  'took-in': { person: maria, from: 'inc-9' as IncidentId, signals: 2 },
  'split-off': { person: maria, where: 'db-01', to: 'inc-9' as IncidentId, signals: 1 },
  split: { person: maria, where: 'db-01', from: 'inc-5' as IncidentId, signals: 1 },
  taken: { person: maria },
  'handed-back': { person: maria },
  'false-alarm': { person: maria },
  paused: { person: maria },
  resumed: { person: maria },
  skipped: { person: maria, step: 1, what: 'Restart checkout' },
  chosen: { person: maria, says: 'The database is slow', plan: 'I follow the runbook restart.' },
  redirected: { person: maria, to: 'db-01', not: ['web-01'] },
  unmended: { because: 'error_rate is still far from usual.', metrics: measured },
  undone: { lines: ['checkout 2.0: rolled forward to 2.1.', 'app-01: a restart cannot be undone.'] },
  verified: { metrics: measured, seconds: 61 },
  'post-mortem': { lines: ['Opened at 10:00.', 'Cause: checkout 2.1.', 'Mended after 61 s.'] },
};

function deed(decided: 'allow' | 'notify', status: Action['status'], output: string | null): Action {
  const decision = { kind: decided, because: ['It is low risk and in the charter.'] };
  const its = { id: `act-${decided}`, autonomous: true, startedAt: at(3), charter: 'ada@1', policy: '3' };
  return { ...its, status, output, question, decision } as unknown as Action;
}

/** What reads otherwise while it is open, or by a person's word. */
function openPosts(): Shown[] {
  const asks = { roles: [], people: ['p-manager' as PersonId] };
  const entries = [
    { kind: 'diagnosis', facts: happenings.diagnosis },
    { kind: 'escalated', facts: { because: 'I do *not* know Checkout.', asks, by: robin } },
    { kind: 'unanswered', facts: { person: null, afterMs: 900_000 } },
  ].map((one) => ({ ...one, at: at(1) }) as Logged);
  return threadOf(told('escalated', { entries }), [], []).map(({ part, card }): Shown => {
    return { from: 'incidents/thread.ts', what: `post-open-${part.replace(/^\d+-/, '')}`, card };
  });
}

function posts(): Shown[] {
  const entries = Object.entries(happenings).map(
    ([kind, facts]) => ({ kind, facts, at: at(1), worker: kind === 'routed' ? 'nora' : 'ada' }) as Logged,
  );
  const deeds = [deed('allow', 'running', null), deed('notify', 'done', 'restarted\n  in 3 s')];
  const facts = { hypotheses, plan: 'The confidence fell to 60 %.', argued };
  const second = { kind: 'diagnosis', facts, at: at(2) } as Logged;
  const [adds] = threadOf(told('verified', { entries: [second] }), [], []);
  const recordsOf = (id: string) => (id === 'act-notify' ? recorded : []);
  const first = threadOf(told('verified', { entries, steps: stepSeen, recordsOf }), deeds, []).map(
    ({ part, card }): Shown => {
      const kind = part.replace(/^\d+-/, '');
      return { from: madeIn[kind] ?? 'incidents/thread.ts', what: `post-${kind}`, card };
    },
  );
  first.push(...openPosts());
  return adds
    ? [...first, { from: 'incidents/diagnosis-card.ts', what: 'post-argued', card: adds.card }]
    : first;
}

/** Somebody is asked, and a step is left. */
function escalatedByHand(): Card {
  const entries = [{ kind: 'escalated', facts: happenings.escalated, at: at(1), worker: 'ada' } as Logged];
  const [post] = threadOf(told('escalated', { entries, canByHand: true }), [], []);
  if (!post) throw new Error('The thread does not say that a person is needed.');
  return post.card;
}

/** Posts of a thread that are not made in its own file. */
const madeIn: Record<string, string> = {
  severity: 'incidents/steering-card.ts',
  unanswered: 'incidents/asking-card.ts',
};

const asked = { kind: 'unanswered', facts: happenings.unanswered, at: at(2) } as Logged;
const deedDone = { question, status: 'done', output: 'checkout: 2.1 → 2.0' } as const;
const checkpoint = {
  chain: 'trial',
  seq: 1_204,
  hash: 'cd'.repeat(32),
  entries: 1_204,
  at: at(0).toISOString(),
  fingerprint: 'ef'.repeat(32),
} as Checkpoint;
const desk = { by: ada, shift: 'Ada is on shift under charter ada@1, in assisted mode.' } as Desk;
const killed =
  'The kill switch for all is thrown: nothing it reaches begins, and 2 running effects are cancelled.';
const closed = 'The circuit breaker of restart-service is closed: what failed before no longer counts.';
const tooLong = `There is no worker or tool called "x": wanted all, ${'roll-back-deployment, '.repeat(8)}ada.`;

/** The cards that are made without the database; `answers` has the rest. */
export function everyCard(): Shown[] {
  const from = (file: string, cards: [what: string, card: Card][]) =>
    cards.map(([what, card]): Shown => ({ from: file, what, card }));
  return [
    ...from('approvals/card.ts', everyApproval()),
    ...from('incidents/card.ts', [
      ...(Object.keys(statuses) as Status[])
        .filter((one) => one !== 'watching')
        .map((status): [string, Card] => [`incident-${status}`, incidentCard(told(status))]),
      ['incident-waiting', incidentCard(told('remediating', { waitingFor: 'Roll checkout back.' }))],
      ['incident-undoing-waiting', incidentCard(told('undoing', { waitingFor: 'Restart app-01.' }))],
      ['incident-by-hand', incidentCard(byHand(told('remediating')))],
      ['incident-paused', incidentCard(paused(told('remediating')))],
      ['incident-escalated-paused', incidentCard(paused(told('escalated')))],
    ]),
    ...from('incidents/thread.ts', [
      ...everyChecklist(told('remediating')),
      ['post-escalated-by-hand', escalatedByHand()],
    ]),
    ...from('incidents/card.ts', [
      ['incident-asked-last', incidentCard(told('escalated', { entries: [asked] }))],
    ]),
    ...from('incidents/card.ts', declaredCards()),
    ...from('declared.ts', [['declare-offer', offer(ada)]]),
    ...from('incidents/stakeholders.ts', updates()),
    ...from('incidents/prediction-card.ts', predictions()),
    ...from('incidents/post-mortem/card.ts', everyPostMortem()),
    ...from('incidents/post-mortem/runbook-card.ts', everyRunbook()),
    ...posts(),
    ...predictionPosts(),
    ...from('monitoring/card.ts', everySignal()),
    ...from('monitoring/silences/card.ts', everySilence()),
    ...from('monitoring/held/card.ts', everyHeld()),
    ...from('standup/card.ts', everyStandup()),
    ...from('digest/card.ts', everyDigest()),
    ...from('scorecards/card.ts', everyScorecard()),
    ...from('shown.ts', [
      ['outcome', outcomeCard(deedDone, maria, ada)],
      ['outcome-recorded', outcomeCard({ ...deedDone, records: recorded }, maria, ada)],
      ['outcome-failed', outcomeCard({ ...deedDone, status: 'failed', output: null }, maria, ada)],
      ['checkpoint', checkpointCard(checkpoint, ada)],
      ['checkpoint-contradicted', checkpointCard({ ...checkpoint, contradicts: 900 }, ada)],
    ]),
    ...from('estate/past/card.ts', [
      ['past-living', pastShown({ kind: 'living', day: 9, of: 21 })],
      ['past-done', pastShown({ kind: 'done', from: at(0), to: at(30) })],
    ]),
    ...from('dry-run.ts', [
      ['dry-run', rehearsedCard(ada, rehearsed)],
      ['dry-run-which', saidCard(ada, 'Which runbook?', ['full-disk: Free a disk that *logs* have filled'])],
    ]),
    ...from('commanded.ts', [
      ['command-refused', say({ by: ada }, 'Only a governor can do this: ask one of them.')],
      ['command-unknown', say({ by: ada }, tooLong)],
      ['command-killed', say({ by: ada }, killed)],
      ['command-breaker', say({ by: ada }, closed)],
    ]),
    ...from('scorecards/trust/card.ts', everyHabit()),
    ...from('scorecards/review/card.ts', everyReview()),
    ...from('workers/answer.ts', everyAnswer()),
    ...from('home/card.ts', [...everyHome(), ...everyStranger()]),
    ...from('home/fleet-card.ts', everyFleet()),
    ...from('workers/command.ts', [
      ['introduction', introduction(desk, commands, [])],
      ['introduction-waiting', introduction(desk, commands, [question.what, 'Restart app-01'])],
    ]),
    ...from('estate/trial.ts', [
      [
        'break',
        brokenCard({ kind: 'broken', fault: 'full-disk', target: { server: 'db-01' } } as never, ada),
      ],
      ['break-refused', brokenCard({ kind: 'refused', because: 'There is no fault called x.' }, ada)],
    ]),
  ];
}
