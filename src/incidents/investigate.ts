import type { Entry, Json } from '../audit/entry.ts';
import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Runbook } from '../knowledge/runbook.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Signal } from '../monitoring/signal.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { openingOf } from './argue/material.ts';
import { insertTurn } from './argue/store.ts';
import { diagnose, left, plan } from './diagnose.ts';
import { gather } from './evidence/gather.ts';
import { broken, type Findings, foreseen, leading } from './foretold.ts';
import { freeze } from './freeze.ts';
import { handOver } from './handoffs/hand-over.ts';
import { takeUp } from './handoffs/take-up.ts';
import type { Cause, Hypothesis, Incident } from './incident.ts';
import { unknown } from './locate.ts';
import { newest } from './look-again.ts';
import { actorOf, type Responder } from './responder.ts';
import { asSignal, offSince, signalsSince } from './said.ts';
import { ageOf, load, lock, log, setSaid, update } from './store.ts';
import { surely } from './sure.ts';

/** Gathers evidence and names the likeliest cause, for routing to decide who or what mends it. Safe to call twice. */
export async function investigate(responder: Responder, id: IncidentId): Promise<void> {
  const { db } = responder.gateway;
  const incident = await load(db, id);
  if (incident?.status !== 'investigating') return;
  const taken = await takeUp(responder, id, 'analysis');
  if (taken.kind === 'nothing') return;
  const found = await findings(responder, incident);
  const opening =
    found.gathered && responder.opinion && (await openingOf(incident, found.gathered, found.hypotheses));
  await save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    // Sent elsewhere while it was looked into: the job of that looks afresh.
    if (now?.status !== 'investigating' || now.attempt !== incident.attempt)
      return { result: undefined, entries: [], jobs: [] };
    const causes = left(found.hypotheses, now.direction, responder.inventory);
    if (causes.every(({ kind }) => kind === unknown) && (await isEarly(responder, tx, now))) {
      return {
        result: undefined,
        entries: [],
        jobs: [{ name: 'investigate', incident: id, after: nextCycle(responder) }],
      };
    }
    const concluded = await conclude(responder, tx, now, { ...found, causes, handed: taken.line });
    // What the rules found is acted on; a model argues beside it, once it is routed, and holds nothing up.
    if (opening) await insertTurn(tx, { incident: id, attempt: now.attempt, ...opening });
    return { result: undefined, ...concluded };
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

async function findings(responder: Responder, incident: Incident): Promise<Findings> {
  const { inventory, gateway, now } = responder;
  const signals = await signalsOf(gateway.db, incident.id);
  if (incident.kind === 'prediction') {
    const of = leading(signals, incident.cause);
    const like = await Promise.all((of?.foretold?.like ?? []).map((id) => load(gateway.db, id)));
    return foreseen(
      of,
      inventory,
      like.filter((one) => one !== undefined),
    );
  }
  const news = await newsFor(gateway.db, incident, signals);
  const gathered = await gather(responder, news, now(), incident.direction);
  const { evidence, onset } = gathered;
  const hypotheses = await surely(gateway.db, diagnose(gathered), evidence, now());
  return { evidence, onset, hypotheses, gathered };
}

/** What is looked into: the newest signals; where a person says that something is wrong, those since, or their word alone. */
async function newsFor(db: Db, incident: Incident, signals: Signal[]): Promise<Signal[]> {
  const { said } = incident;
  if (!said) return newest(db, incident, broken(signals));
  const since = broken(signalsSince(said, signals));
  return since.length > 0 ? newest(db, incident, since) : [asSignal(incident, said)];
}

async function conclude(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  {
    evidence,
    onset,
    hypotheses,
    causes,
    gathered,
    handed,
  }: Findings & { causes: Hypothesis[]; handed?: string | undefined },
): Promise<Consequences> {
  const planned = plan(causes, responder.runbooks, incident);
  const first = evidence.map(({ id, found }) => `${id}: ${found}`).join('\n');
  await log(tx, incident.id, { kind: 'evidence', facts: { evidence, ...(handed && { handed }) } });
  if (incident.said && gathered) {
    const signals = await signalsOf(tx, incident.id);
    const off = offSince(
      { ...incident, said: incident.said },
      signals,
      gathered.readings,
      responder.inventory,
    );
    await setSaid(tx, incident.id, { ...incident.said, off });
  }
  if (gathered) await freeze(responder, tx, incident, { gathered, hypotheses, plan: planned.because });
  const about = { incident: incident.id, service: incident.service };
  const by = actorOf(responder, incident.worker);
  const sources = evidence.map(({ id, source, query, read }) => ({ id, source, query, read }));
  const entries: Entry[] = [
    {
      kind: 'evidence.gathered',
      by,
      about,
      facts: { sources, onset: onset.toISOString() },
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
  const ahead = incident.kind === 'prediction';
  if (likeliest) await update(tx, incident.id, { cause: causeOf(likeliest) });
  await update(tx, incident.id, { status: 'routing' });
  const on = await handOver(responder, tx, incident, {
    from: { worker: incident.worker, duty: 'analysis' },
    to: 'routing',
    intent: likeliest
      ? `find the way to ${ahead ? 'prevent' : 'mend'} it`
      : 'find who can look, nothing known fits',
    confidence: likeliest?.confidence ?? 0,
    reasoning: likeliest ? [`${likeliest.says}.`] : [planned.because],
    evidence: likeliest?.for ?? [],
    tells: (line) => ({
      kind: 'diagnosis',
      facts: { hypotheses, plan: planned.because, ...(line && { handed: line }) },
    }),
  });
  return { entries: [...entries, ...on.entries], jobs: on.jobs };
}

/** A runbook before its first step. */
export function begun({ id, version }: Runbook, attempt: number): NonNullable<Incident['runbook']> {
  return { id, version, step: 0, since: attempt };
}

export function causeOf({ kind, says, confidence, raw, known }: Hypothesis): Cause {
  return { kind, says, confidence, ...(raw !== undefined && { raw }), known };
}

function told(hypotheses: Hypothesis[]): Json {
  return JSON.parse(JSON.stringify(hypotheses));
}
