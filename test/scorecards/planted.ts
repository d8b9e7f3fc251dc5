// Weeks of recorded rows as a busy team leaves them, all from one seed: what figures are tried on.
import { sql } from 'kysely';
import { seeded } from '../../src/estate/noise.ts';
import type { Db } from '../../src/postgres/database.ts';
import { jsonOf } from '../../src/postgres/text.ts';

interface Wanted {
  seed: number;
  from: Date;
  to: Date;
  /** How many incidents begin in it, evenly. */
  incidents: number;
  /** The number of the first; 1 unless said. */
  first?: number;
  workers?: { analysis: string[]; resolution: string[] };
}

const services = ['checkout', 'catalogue', 'payments', 'search', 'accounts'];
const people = ['p-oncall', 'p-dba', 'p-gov-1'];
const reasons = ['We are in a sale, wait an hour.', 'The cause is the partner, not us.', null];

/** Writes the rows; returns how many actions there are. Everything has ended by `to`. */
export async function plant(db: Db, wanted: Wanted): Promise<{ actions: number }> {
  const { seed, from, to, incidents, first = 1 } = wanted;
  const { analysis, resolution } = wanted.workers ?? { analysis: ['iris'], resolution: ['rex'] };
  const random = seeded(seed);
  const pick = <T>(all: T[]) => all[Math.floor(random() * all.length)] as T;
  const step = (to.getTime() - from.getTime()) / incidents;
  const rows = {
    incident: [] as object[],
    entry: [] as object[],
    action: [] as object[],
    approval: [] as object[],
    answer: [] as object[],
    signal: [] as object[],
    vote: [] as object[],
    effect: [] as object[],
    postMortem: [] as object[],
    shown: [] as object[],
    handoff: [] as object[],
  };
  for (let nth = 0; nth < incidents; nth += 1) {
    const id = `inc-${first + nth}`;
    const opened = from.getTime() + step * nth;
    const at = (seconds: number) => new Date(opened + seconds * 1_000).toISOString();
    const prediction = random() < 0.08;
    const falseAlarm = !prediction && random() < 0.1;
    const merged = !prediction && !falseAlarm && random() < 0.04;
    const [analyst, mender] = [pick(analysis), pick(resolution)];
    const causeAfter = random() < 0.9 ? 4 + 60 * random() : 150 + 300 * random();
    const mendAfter = causeAfter + 40 + 240 * random() ** 2;
    const mended = !falseAlarm && !merged && random() < 0.95;
    const endAfter = mendAfter + 60 + 120 * random();
    const status = merged ? 'merged' : falseAlarm ? 'false-alarm' : 'closed';
    rows.incident.push({
      ...{ id, service: pick(services), severity: 1 + Math.floor(4 * random()), worker: mender },
      ...{ kind: prediction ? 'prediction' : 'incident', status, attempt: random() < 0.05 ? 1 : 0 },
      ...{ opened_at: at(0), mitigated_at: mended && random() < 0.9 ? at(mendAfter) : null },
      ...{ usual_since: mended ? at(mendAfter + 5) : null, ended_at: at(endAfter) },
    });
    const tell = (kind: string, after: number, worker: string) =>
      rows.entry.push({ incident: id, kind, facts: {}, at: at(after), worker });
    if (random() < 0.95) tell('diagnosis', causeAfter, analyst);
    if (random() < 0.05) tell('diagnosis', causeAfter + 90, analyst);
    const escalated = random() < 0.15;
    if (escalated) tell('escalated', causeAfter + 5, mender);
    if (escalated && random() < 0.6) tell('taken', causeAfter + 30, mender);
    for (const kind of ['wrong-cause', 'chosen', 'unmended', 'skipped', 'by-hand'])
      if (random() < 0.03) tell(kind, causeAfter + 20, mender);
    if (falseAlarm) tell('false-alarm', endAfter, mender);
    rows.handoff.push({ incident: id, to_worker: mender, accepted_by: mender, at: at(causeAfter) });
    rows.signal.push({
      ...{ id: `sig-${first + nth}`, service: 'checkout', raised_at: at(-5), recovered_at: at(endAfter) },
      ...{ incident: id, held: random() < 0.05 ? 'muted' : null },
    });
    if (random() < 0.1) {
      const lone = `sig-lone-${first + nth}`;
      rows.signal.push({
        ...{ id: lone, service: 'search', raised_at: at(600), incident: null },
        ...{ recovered_at: random() < 0.8 ? at(900) : null, held: null },
      });
      if (random() < 0.5) rows.vote.push({ signal: lone, at: at(700) });
    }
    for (let one = 0; one < 2; one += 1) {
      if (falseAlarm || random() < 0.2) continue;
      const action = `act-${first + nth}-${one}`;
      const asked = random() < 0.35;
      const answered = asked && random() < 0.93;
      const yes = answered && random() < 0.85;
      const ran = asked ? yes : random() < 0.95;
      const failed = ran && random() < 0.04;
      const began = causeAfter + 10 + 30 * one;
      rows.action.push({
        ...{ id: action, incident: id, step: one, worker: mender, tool: 'restart-service' },
        ...{
          status: ran ? (failed ? 'failed' : 'done') : asked ? (answered ? 'rejected' : 'lapsed') : 'refused',
        },
        ...{ autonomous: ran && !asked, decision: { kind: asked ? 'ask' : ran ? 'allow' : 'refuse' } },
        ...{
          health:
            ran && random() < 0.9 ? (random() < 0.92 ? 'better' : random() < 0.8 ? 'same' : 'worse') : null,
        },
        ...{
          confidence: 0.6 + 0.39 * random(),
          started_at: ran ? at(began) : null,
          ended_at: at(began + 20),
        },
      });
      if (ran && random() < 0.8)
        rows.effect.push({
          ...{ incident: id, step: one, action, looked_at: at(began + 60), done_at: at(began + 20) },
          grade: random() < 0.85 ? 'as-expected' : random() < 0.5 ? 'better' : 'not',
        });
      if (!asked) continue;
      const approval = `app-${first + nth}-${one}`;
      const person = pick(people);
      rows.approval.push({
        ...{ id: approval, action, incident: id, worker: mender, asked_at: at(began - 5) },
        ...{ status: answered ? (yes ? 'approved' : 'rejected') : 'lapsed', expires_at: at(began + 14_400) },
        consumed_at: yes ? at(began) : null,
        question: { what: `Restart ${pick(services)}` },
      });
      if (answered)
        rows.answer.push({
          ...{ approval, person, answer: yes ? 'approve' : 'reject', reason: yes ? null : pick(reasons) },
          at: at(began - 4 + (person === 'p-gov-1' ? 3 * random() : 200 * random())),
        });
    }
    if (mended && random() < 0.9)
      rows.postMortem.push({
        incident: id,
        at: at(endAfter),
        written: {
          impact: {
            userMinutes:
              random() < 0.8
                ? { kind: 'told', value: Math.round(900 * random()) }
                : { kind: 'not-enough-data' },
          },
        },
      });
    for (let post = 0; post < 3 + Math.floor(4 * random()); post += 1)
      rows.shown.push({
        subject: `incident:${id}`,
        part: `part-${post}`,
        message: random() < 0.95 ? `m${nth}.${post}` : null,
      });
  }
  await insertAll(db, rows);
  return { actions: rows.action.length };
}

async function insertAll(db: Db, rows: Record<string, object[]>): Promise<void> {
  const json = (name: string) => sql`jsonb_to_recordset(${jsonOf(rows[name] as never)}::jsonb)`;
  await sql`insert into incident (id, service, severity, worker, kind, status, attempt, opened_at, mitigated_at, usual_since, ended_at)
    select * from ${json('incident')} as r(id text, service text, severity int, worker text, kind text, status text, attempt int,
      opened_at timestamptz, mitigated_at timestamptz, usual_since timestamptz, ended_at timestamptz)`.execute(
    db,
  );
  await sql`insert into incident_entry (incident, kind, facts, at, worker)
    select * from ${json('entry')} as r(incident text, kind text, facts jsonb, at timestamptz, worker text)`.execute(
    db,
  );
  await sql`insert into action (id, incident, step, worker, tool, status, autonomous, decision, health, confidence, started_at, ended_at,
      proposed_at, charter, policy, tool_version, arguments, target, digest, question)
    select id, incident, step, worker, tool, status, autonomous, decision, health, confidence, started_at, ended_at,
      ended_at - interval '25 s', worker || '@1', '1', 1, '{}', 'checkout', '', '{"what":"Restart checkout"}'
    from ${json('action')} as r(id text, incident text, step int, worker text, tool text, status text, autonomous boolean,
      decision jsonb, health text, confidence float8, started_at timestamptz, ended_at timestamptz)`.execute(
    db,
  );
  await sql`insert into approval (id, action, incident, worker, asked_at, status, expires_at, consumed_at, question, digest, terms)
    select id, action, incident, worker, asked_at, status, expires_at, consumed_at, question, '', '{"seats":[["on-call"]],"minutes":240}'
    from ${json('approval')} as r(id text, action text, incident text, worker text, asked_at timestamptz, status text,
      expires_at timestamptz, consumed_at timestamptz, question jsonb)`.execute(db);
  await sql`insert into approval_answer (approval, person, roles, answer, reason, typed, at)
    select approval, person, '["on-call"]', answer, reason, false, at
    from ${json('answer')} as r(approval text, person text, answer text, reason text, at timestamptz)`.execute(
    db,
  );
  await sql`insert into signal (id, fingerprint, service, metric, value, mean, deviation, z, raised_at, recovered_at, incident, held)
    select id, id, service, 'error_rate', 1, 0, 1, 9, raised_at, recovered_at, incident, held
    from ${json('signal')} as r(id text, service text, raised_at timestamptz, recovered_at timestamptz, incident text, held text)`.execute(
    db,
  );
  await sql`insert into signal_vote (fingerprint, person, signal, at) select signal, 'p-oncall', signal, at
    from ${json('vote')} as r(signal text, at timestamptz)`.execute(db);
  await sql`insert into incident_step (incident, attempt, step, runbook, version, tool, what, state, action, expected, checks, done_at, looked_at, grade)
    select incident, 0, step, 'memory-leak', 1, 'restart-service', 'Restart', 'done', action, '{}', '[]', done_at, looked_at, grade
    from ${json('effect')} as r(incident text, step int, action text, looked_at timestamptz, done_at timestamptz, grade text)`.execute(
    db,
  );
  await sql`insert into post_mortem (incident, written, summary, change, drafted_at, files_at)
    select incident, written, '', '', at, at from ${json('postMortem')} as r(incident text, at timestamptz, written jsonb)`.execute(
    db,
  );
  await sql`insert into shown (subject, part, place, message)
    select subject, part, 'slack:C01OPS', message from ${json('shown')} as r(subject text, part text, message text)`.execute(
    db,
  );
  await sql`insert into handoff (incident, from_worker, from_duty, to_worker, to_duty, intent, confidence, reasoning, evidence, handed_at,
      accepted_at, accepted_by)
    select incident, 'iris', 'analysis', to_worker, 'resolution', 'mend', 0.9, '[]', '[]', at, at, accepted_by
    from ${json('handoff')} as r(incident text, to_worker text, accepted_by text, at timestamptz)`.execute(
    db,
  );
}
