import type { Entry, Json } from '../../audit/entry.ts';
import type { PersonId } from '../../ids.ts';
import type { Tx } from '../../postgres/database.ts';
import { handOver } from '../handoffs/hand-over.ts';
import { type Intervened, notNow } from '../heeded.ts';
import type { Begun, Incident } from '../incident.ts';
import { nextStep } from '../remediate.ts';
import type { Responder } from '../responder.ts';
import { log, update } from '../store.ts';
import type { StepRow } from './step.ts';
import { loadStep, setDone, setSkipped } from './store.ts';

/** Which step of which attempt a button was for: an old card does nothing to another step. */
export type At = Pick<StepRow, 'attempt' | 'step'>;

type Mine = { kind: 'mine'; runbook: Begun; row: StepRow } | { kind: 'not'; because: string };

/** The step that is next, if a person is to do it and it is the one meant. */
async function mine(tx: Tx, { id, status, attempt, runbook }: Incident, at: At | undefined): Promise<Mine> {
  const not = (because: string): Mine => ({ kind: 'not', because });
  if (status !== 'remediating' || !runbook?.by)
    return not('Nobody goes through a runbook by hand here now: say "checklist" to begin.');
  if (at && (at.attempt !== attempt || at.step !== runbook.step))
    return not('That step is settled already: the checklist shows what is next.');
  if (runbook.lent === runbook.step)
    return not('A worker has this step now: take it back first, with By hand.');
  const row = await loadStep(tx, { incident: id, attempt, step: runbook.step });
  if (!row) return not('What the step requires is being read: try again in some seconds.');
  if (row.state !== 'due') return not('This step is done: what came of it is being looked at.');
  return { kind: 'mine', runbook, row };
}

/** A person did the step: it is their deed, and nothing is run for it. The metrics are read again after it. */
export async function doneByMe(
  _: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  { at, words }: { at?: At; words: string },
): Promise<Intervened> {
  const found = await mine(tx, incident, at);
  if (found.kind === 'not') return notNow(found.because);
  const { runbook, row } = found;
  const { id } = incident;
  const said = words.trim() || null;
  await setDone(tx, row, { person, words: said });
  await log(tx, id, { kind: 'by-hand', facts: { person, step: row.step, what: row.what, words: said } });
  const unmet = row.checks.filter(({ met }) => !met).map(({ says }) => says);
  const facts = { step: row.step, tool: row.tool, what: row.what, unmet };
  return {
    result: { kind: 'done', because: `Noted: step ${row.step + 1} is done. The metrics are read again.` },
    entries: [
      {
        ...entryOf('step.by-hand', incident, person, runbook, facts),
        ...(said && { words: { said } }),
      },
    ],
    jobs: [
      { name: 'remediate', incident: id },
      { name: 'show', subject: `incident:${id}` },
    ],
  };
}

/** The step is left out, and the one after it is due. */
export async function skipStep(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  at: At | undefined,
): Promise<Intervened> {
  const found = await mine(tx, incident, at);
  if (found.kind === 'not') return notNow(found.because);
  const { runbook, row } = found;
  const { id, service } = incident;
  await setSkipped(tx, row, person);
  await log(tx, id, { kind: 'skipped', facts: { person, step: row.step, what: row.what } });
  const onwards = await nextStep(responder, tx, incident, runbook);
  const entry: Entry = {
    kind: 'incident.overridden',
    by: { person },
    about: { incident: id, service },
    facts: { how: 'skip', step: row.step, what: row.what, runbook: runbook.id },
  };
  return {
    result: { kind: 'done', because: `Step ${row.step + 1} is skipped: ${row.what}.` },
    entries: [entry, ...onwards.entries],
    jobs: onwards.jobs,
  };
}

/** This one step is a worker's: it goes through the gateway as an action like any, and the rest stays by hand. */
export async function giveStep(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  at: At | undefined,
): Promise<Intervened> {
  const found = await mine(tx, incident, at);
  if (found.kind === 'not') return notNow(found.because);
  const { runbook, row } = found;
  return give(responder, tx, incident, person, { runbook: { ...runbook, lent: row.step }, row });
}

/** The rest of the runbook is a worker's again. */
export async function giveAll(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
): Promise<Intervened> {
  const { id, status, attempt, runbook } = incident;
  if (status !== 'remediating' || !runbook?.by)
    return notNow('Nobody goes through a runbook by hand here now, so there is nothing to hand back.');
  const { by: _, lent: __, ...rest } = runbook;
  const row = await loadStep(tx, { incident: id, attempt, step: runbook.step });
  return give(responder, tx, incident, person, { runbook: rest, row });
}

async function give(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  { runbook, row }: { runbook: Begun; row: StepRow | undefined },
): Promise<Intervened> {
  const { id } = incident;
  const rest = runbook.by === undefined;
  const what = row?.what ?? `step ${runbook.step + 1}`;
  await update(tx, id, { runbook });
  await log(tx, id, { kind: 'given', facts: { person, step: runbook.step, what, rest } });
  const handed = await handOver(
    responder,
    tx,
    { ...incident, runbook },
    {
      from: { person },
      to: 'resolution',
      intent: rest ? 'go on with the runbook' : `do step ${runbook.step + 1} of the runbook`,
      confidence: 1,
      reasoning: ['A person hands it back.'],
      evidence: [],
    },
  );
  return {
    result: {
      kind: 'done',
      because: rest
        ? `Handed back: a worker goes on from step ${runbook.step + 1}, under the rules that hold.`
        : `A worker does step ${runbook.step + 1}, under the rules that hold: ${what}.`,
    },
    entries: [
      entryOf('checklist.given', incident, person, runbook, { step: runbook.step, rest }),
      ...handed.entries,
    ],
    jobs: handed.jobs,
  };
}

function entryOf(
  kind: 'step.by-hand' | 'checklist.given',
  { id, service }: Incident,
  person: PersonId,
  { id: name, version }: Begun,
  facts: { [name: string]: Json },
): Entry {
  const versions = { runbook: `${name}@${version}` };
  return { kind, by: { person }, about: { incident: id, service }, versions, facts };
}
