// How long a stand-up of 40 workers takes to make: a week's rows in eight weeks of them, loaded, decided, drawn as a card.
// Not how long chat takes to show it.
import { type RawBuilder, sql } from 'kysely';
import { openFresh } from '../conformance/database.ts';
import type { Charter, Duty } from '../src/charter/charter.ts';
import { duties } from '../src/charter/charter.ts';
import { render } from '../src/chat/slack/render.ts';
import type { PersonId, WorkerId } from '../src/ids.ts';
import { readManifests } from '../src/manifests.ts';
import { peopleOf } from '../src/people/people.ts';
import type { Db } from '../src/postgres/database.ts';
import { standupSoFar } from '../src/standup/read.ts';
import { type Bench, type Options, percentile } from './measure.ts';

const workers = 40;
const weeks = 8;
/** Incidents, actions and signals of a week. */
const week = { incidents: 3_000, actions: 4_000, signals: 6_000 };
const runs = 60;
const barMs = 1_000;

/** Lines of the bench `digest`: the 95th percentile beside its bar, and the median. */
export async function standup40({ say, afterwards }: Pick<Options, 'say' | 'afterwards'>): ReturnType<Bench> {
  const database = await openFresh();
  afterwards(database.close);
  const { db } = database;
  await fill(db);
  say(`standup: ${weeks} weeks of ${week.incidents} incidents are there, on ${database.kind}.`);
  const people = peopleOf(
    ['on-call', 'governor'].map((role) => ({
      id: `p-${role}` as PersonId,
      name: role,
      roles: [role],
      accounts: [],
    })),
  );
  const by = { name: 'Ada', role: 'Monitoring worker', avatar: ':owl:' };
  const standing = { place: 'slack:C01OPS', questions: 'slack:C01APPROVALS' };
  const speech = { mention: (person: PersonId) => person, times: 'slack' as const };
  const taken: number[] = [];
  for (let nth = 0; nth < runs; nth += 1) {
    const before = performance.now();
    const card = await standupSoFar({ db, people, team, by, now: new Date() }, standing);
    render(card, 'roster-standup', speech);
    taken.push(performance.now() - before);
    if (card.blocks.length < 14) throw new Error('The stand-up tells of too few workers.');
  }
  const p95 = percentile(taken, 0.95);
  const free = { unit: 'ms', against: null, ratio: null };
  return [
    { metric: 'standup_ms_40', value: p95, unit: 'ms', against: `bar ${barMs} ms`, ratio: p95 / barMs },
    { metric: 'standup_ms_40_p50', value: percentile(taken, 0.5), ...free },
  ];
}

/** Ten teams of four, each with three services of its own. */
const team: Charter[] = Array.from({ length: workers }, (_, nth) => {
  const [first] = readManifests('manifests').charters;
  if (!first) throw new Error('There is no charter.');
  const of = Math.floor(nth / duties.length);
  const services = [0, 1, 2].map((one) => `service-${of * 3 + one + 1}`);
  return {
    ...first,
    worker: workerOf(nth),
    name: `Worker ${nth + 1}`,
    duties: [duties[nth % 4] as Duty],
    services,
  };
});

function workerOf(nth: number): WorkerId {
  return `worker-${nth + 1}` as WorkerId;
}

const at = sql`now() - make_interval(secs => nth * ${604_800 / week.incidents}::float8)`;
/** The worker of the team of incident `nth` with the duty of this place. */
const of = (duty: number) => sql`'worker-' || ((nth % 10) * 4 + ${duty} + 1)`;
const id = sql`'inc-' || nth`;
const service = sql`'service-' || ((nth % 10) * 3 + nth % 3 + 1)`;
const all = sql`generate_series(1, ${weeks * week.incidents}) as nth`;

async function fill(db: Db): Promise<void> {
  const cause = JSON.stringify({
    kind: 'memory-leak',
    says: 'it leaks memory since its last deployment',
    confidence: 0.9,
    known: {},
  });
  const question = {
    what: 'Restart search on search-01',
    target: 'search',
    why: 'w'.repeat(300),
    evidence: ['E1', 'E2'],
  };
  const decision = { kind: 'allow', because: ['b'.repeat(200)], said: [] };
  const statements: RawBuilder<unknown>[] = [
    // One of 150 is open still, half of those need a person; one of 20 was a false alarm.
    sql`insert into incident (id, service, status, severity, worker, cause, opened_at, mitigated_at, ended_at)
      select ${id}, ${service}, case when nth % 300 = 0 then 'escalated' when nth % 150 = 0 then 'remediating'
          when nth % 20 = 7 then 'false-alarm' else 'closed' end,
        1 + nth % 4, ${of(3)}, ${cause}::jsonb, ${at} - interval '20 minutes', ${at} - interval '6 minutes',
        case when nth % 150 = 0 and nth <= ${week.incidents} then null else ${at} end from ${all}`,
    ...entries(cause),
    sql`insert into handoff (incident, from_worker, from_duty, to_worker, to_duty, intent, confidence, reasoning, evidence,
        handed_at, accepted_at, accepted_by)
      select ${id}, ${of(2)}, 'routing', ${of(3)}, 'resolution', 'mend it', 0.9, '[]', '[]', ${at} - interval '15 minutes',
        ${at}, ${of(3)} from ${all}`,
    sql`insert into action (id, incident, step, worker, charter, policy, tool, tool_version, arguments, target, digest,
        confidence, question, status, decision, autonomous, proposed_at, started_at, ended_at, charter_digest, policy_digest)
      select 'act-' || nth, 'inc-' || (1 + nth * 3 / 4), nth % 4, 'worker-' || (((1 + nth * 3 / 4) % 10) * 4 + 4), 'c@1', '1',
        'restart-service', 1, '{}', 'search', 'd', 0.9, ${JSON.stringify(question)}::jsonb,
        case when nth % 30 = 0 then 'failed' else 'done' end, ${JSON.stringify(decision)}::jsonb, nth % 3 > 0, ${acted}, ${acted},
        ${acted}, 'd', 'd' from generate_series(1, ${weeks * week.actions}) as nth`,
    sql`insert into signal (id, fingerprint, kind, band, service, metric, value, mean, deviation, z, raised_at, recovered_at,
        incident)
      select 'sig-' || nth, 'f' || nth, 'anomaly', 'critical', ${service}, 'error_rate', 1, 0, 1, 9, ${raised}, ${raised},
        case when nth % 2 = 0 then 'inc-' || (nth / 2) end from generate_series(1, ${weeks * week.signals}) as nth`,
    sql`insert into approval (id, action, worker, digest, policy, charter, incident, terms, question, status, asked_at, expires_at)
      select 'apr-' || nth, 'act-' || nth, ${of(3)}, 'd', '1', 'c@1', ${id}, ${JSON.stringify({ seats: [['on-call', 'governor']], minutes: 240 })}::jsonb,
        ${JSON.stringify(question)}::jsonb, case when nth <= 40 then 'open' else 'approved' end, ${at},
        now() + interval '1 hour' from generate_series(1, 8000) as nth`,
    sql`insert into shown (subject, part, place, message, link)
      select 'incident:inc-' || nth, 'parent', 'slack:C01OPS', '17.' || nth, 'https://fernwood.slack.com/archives/C01OPS/p17' || nth
      from ${all}`,
  ];
  for (const statement of statements) await statement.execute(db);
  await sql`vacuum analyze`.execute(db);
}

const acted = sql`now() - make_interval(secs => nth * ${604_800 / week.actions}::float8)`;
const raised = sql`now() - make_interval(secs => nth * ${604_800 / week.signals}::float8)`;

/** As an incident's log has them, evidence and all. */
function entries(cause: string): RawBuilder<unknown>[] {
  const evidence = {
    evidence: Array.from({ length: 8 }, (_, nth) => ({ id: `E${nth}`, found: 'f'.repeat(200) })),
  };
  const hypotheses = `{"hypotheses": [${cause}, ${cause}], "plan": "p"}`;
  const kinds: [kind: string, duty: number, facts: string, when: RawBuilder<unknown>][] = [
    ['evidence', 1, JSON.stringify(evidence), sql`true`],
    ['diagnosis', 1, hypotheses, sql`true`],
    ['routed', 2, '{"handed": "h", "stakes": "s", "tell": []}', sql`true`],
    ['step', 3, '{"step": 0, "what": "w", "metrics": []}', sql`true`],
    [
      'escalated',
      3,
      '{"because": "No known cause fits what was found, so a person must look."}',
      sql`nth % 150 = 0`,
    ],
    ['undone', 3, '{"lines": []}', sql`nth % 40 = 0`],
    ['verified', 3, '{"metrics": [], "seconds": 300}', sql`nth % 150 > 0`],
  ];
  return kinds.map(
    ([kind, duty, facts, when]) => sql`insert into incident_entry (incident, kind, facts, at, worker)
      select ${id}, ${kind}, ${facts}::jsonb, ${at} - interval '10 minutes', ${of(duty)} from ${all} where ${when}`,
  );
}
