import type { Entry, Json } from '../audit/entry.ts';
import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Runbook } from '../knowledge/runbook.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Tx } from '../postgres/database.ts';
import { diagnose, left, plan } from './diagnose.ts';
import { escalate } from './escalate.ts';
import { gather } from './evidence/gather.ts';
import type { Gathered } from './evidence/gathered.ts';
import type { Cause, Hypothesis, Incident } from './incident.ts';
import { actorOf, type Responder } from './responder.ts';
import { ageOf, load, lock, log, update } from './store.ts';

/** Gathers evidence, names the likeliest cause and picks its runbook. Safe to call twice. */
export async function investigate(responder: Responder, id: IncidentId): Promise<void> {
  const { db } = responder.gateway;
  const incident = await load(db, id);
  if (incident?.status !== 'investigating') return;
  const gathered = await gather(responder, await signalsOf(db, id), responder.now(), incident.direction);
  const hypotheses = diagnose(gathered);
  await save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    // Sent elsewhere while it was looked into: the job of that looks afresh.
    if (now?.status !== 'investigating' || now.attempt !== incident.attempt)
      return { result: undefined, entries: [], jobs: [] };
    const causes = left(hypotheses, now.direction, responder.inventory);
    if (causes.length === 0 && (await isEarly(responder, tx, now))) {
      return {
        result: undefined,
        entries: [],
        jobs: [{ name: 'investigate', incident: id, after: nextCycle(responder) }],
      };
    }
    return { result: undefined, ...(await conclude(responder, tx, now, { gathered, hypotheses, causes })) };
  });
}

/** Logs and later metrics follow the first signal: no cause is a finding only after some cycles. */
const patientCycles = 6;

async function isEarly({ monitor }: Responder, tx: Tx, { id }: Incident): Promise<boolean> {
  return (await ageOf(tx, id)) * 1_000 < patientCycles * monitor.cycleMs;
}

function nextCycle({ monitor, now }: Responder): Date {
  return new Date(now().getTime() + monitor.cycleMs);
}

interface Findings {
  gathered: Gathered;
  hypotheses: Hypothesis[];
  /** Those that may be acted on. */
  causes: Hypothesis[];
}

async function conclude(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { gathered, hypotheses, causes }: Findings,
): Promise<Consequences> {
  const planned = plan(causes, responder.runbooks, incident.direction);
  const first = gathered.evidence.map(({ id, found }) => `${id}: ${found}`).join('\n');
  await log(tx, incident.id, { kind: 'evidence', facts: { evidence: gathered.evidence } });
  await log(tx, incident.id, { kind: 'diagnosis', facts: { hypotheses, plan: planned.because } });
  const about = { incident: incident.id, service: incident.service };
  const by = actorOf(responder, incident.worker);
  const sources = gathered.evidence.map(({ id, source, query, read }) => ({ id, source, query, read }));
  const entries: Entry[] = [
    {
      kind: 'evidence.gathered',
      by,
      about,
      facts: { sources, onset: gathered.onset.toISOString() },
      words: { found: first },
    },
    {
      kind: 'diagnosis.made',
      by,
      about,
      facts: { hypotheses: told(hypotheses), model: 'none' },
      because: [planned.because],
    },
  ];
  const [likeliest] = causes;
  if (likeliest) await update(tx, incident.id, { cause: causeOf(likeliest) });
  if (planned.kind === 'escalate') {
    const raised = await escalate(responder, tx, incident, planned.because);
    return { entries: [...entries, ...raised.entries], jobs: raised.jobs };
  }
  await update(tx, incident.id, { status: 'remediating', runbook: begun(planned.runbook, incident.attempt) });
  return {
    entries,
    jobs: [
      { name: 'remediate', incident: incident.id },
      { name: 'show', subject: `incident:${incident.id}` },
    ],
  };
}

/** A runbook before its first step. */
export function begun({ id, version }: Runbook, attempt: number): NonNullable<Incident['runbook']> {
  return { id, version, step: 0, since: attempt };
}

export function causeOf({ kind, says, confidence, known }: Hypothesis): Cause {
  return { kind, says, confidence, known };
}

function told(hypotheses: Hypothesis[]): Json {
  return JSON.parse(JSON.stringify(hypotheses));
}
