import type { Action, Health } from '../actions/action.ts';
import { noteHealth } from '../actions/health.ts';
import { actionsOf } from '../actions/read.ts';
import { rollBack, undoingOf } from '../actions/roll-back.ts';
import type { Entry } from '../audit/entry.ts';
import type { ActionId, IncidentId } from '../ids.ts';
import type { Consequences } from '../jobs/save.ts';
import { save } from '../jobs/save.ts';
import { put } from '../knowledge/runbook.ts';
import { brief } from '../monitoring/reading.ts';
import type { Db, Tx } from '../postgres/database.ts';
import type { AnyTool } from '../tools/tool.ts';
import { escalate } from './escalate.ts';
import type { Incident, Measured } from './incident.ts';
import { actorOf, type Responder } from './responder.ts';
import { knownOf } from './steps/step.ts';
import { loadSteps } from './steps/store.ts';
import { loadLog, lock, log, update } from './store.ts';

/** How sure it is that undoing what did not help is right. Set by hand; outcomes have not calibrated it yet. */
const confidence = 0.9;

/** The verification failed: what the runbook did is to be rolled back. */
export async function unmended(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  failed: { health: Health; because: string; metrics: Measured[] },
): Promise<Consequences> {
  const { id, service, worker, runbook, attempt } = incident;
  const { health, because, metrics } = failed;
  const by = actorOf(responder, worker);
  await update(tx, id, { status: 'undoing' });
  await log(tx, id, { kind: 'unmended', facts: { because, metrics } });
  const judged = await noteHealth(tx, { incident: id, since: runbook?.since ?? attempt }, health, by);
  const facts = { health, metrics: metrics.map((one) => ({ ...one })) };
  const entry: Entry = {
    kind: 'incident.unmended',
    by,
    about: { incident: id, service },
    facts,
    because: [because],
  };
  return {
    entries: [entry, ...judged],
    jobs: [
      { name: 'remediate', incident: id },
      { name: 'show', subject: `incident:${id}` },
    ],
  };
}

type Next =
  | { kind: 'roll-back'; action: Action }
  | { kind: 'wait' }
  /** Nothing more is undone; `lines` say of each step whether it is. */
  | ({ kind: 'over' } & Over);

type Undone = 'all' | 'part' | 'nothing' | 'nothing-to-undo';

/**
 * What is rolled back next: the newest step that was done, has an inverse and was not rolled back yet. What did what it
 * should is left: something else keeps the metrics off. One that could not be rolled back ends it, because what was done
 * before may rest on it. Pure.
 */
function nextUndone(actions: Action[], tools: AnyTool[], helped: ActionId[]): Next {
  const done = actions
    .filter(({ status, step }) => status === 'done' && step !== null)
    .sort((a, b) => (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0));
  const lines: string[] = [];
  let stopped = false;
  for (const action of done) {
    const { what } = action.question;
    const undoing = undoingOf(action, tools);
    const back = actions.find(({ undoes }) => undoes === action.id);
    if (helped.includes(action.id)) {
      lines.push(`Not undone: "${what}", because it did what it should.`);
      continue;
    }
    if (back && isUnderWay(back)) return { kind: 'wait' };
    if (!stopped && !back && undoing.kind === 'deed') return { kind: 'roll-back', action };
    if (back?.status === 'done') lines.push(`Undone: "${what}", by "${back.question.what}".`);
    else if (back) lines.push(notUndone(what, back));
    else if (undoing.kind === 'none') lines.push(`Not undone: ${undoing.because}`);
    else lines.push(`Not undone: "${what}", because a later step was not undone either.`);
    stopped ||= back !== undefined && back.status !== 'done';
  }
  const rest = done.filter(({ id }) => !helped.includes(id));
  return { kind: 'over', lines, undone: howMuch(rest, actions, tools) };
}

function howMuch(done: Action[], actions: Action[], tools: AnyTool[]): Undone {
  const back = (action: Action) => actions.find(({ undoes }) => undoes === action.id);
  const undone = done.filter((one) => back(one)?.status === 'done').length;
  if (done.length > 0 && undone === done.length) return 'all';
  if (undone > 0) return 'part';
  const could = done.some((one) => back(one) || undoingOf(one, tools).kind === 'deed');
  return could ? 'nothing' : 'nothing-to-undo';
}

/** The deeds whose expected effect was seen. */
async function helpedIn(db: Db, id: IncidentId): Promise<ActionId[]> {
  const steps = await loadSteps(db, id);
  return steps.flatMap(({ action, grade }) =>
    action && (grade === 'as-expected' || grade === 'better') ? [action] : [],
  );
}

function isUnderWay({ status }: Action): boolean {
  return status === 'ready' || status === 'waiting' || status === 'running';
}

function notUndone(what: string, { status, output, question }: Action): string {
  const why = status === 'refused' || status === 'indeterminate' ? ` ${output ?? ''}` : '';
  return `Not undone: "${what}". "${question.what}" is ${status}.${why}`.trimEnd();
}

/** Rolls the next step back, or sees what became of the last one; then hands the incident to a person. Safe to call twice. */
export async function undo(responder: Responder, incident: Incident): Promise<void> {
  const { gateway } = responder;
  const { id, worker, attempt } = incident;
  const next = nextUndone(await actionsOf(gateway.db, id), gateway.tools, await helpedIn(gateway.db, id));
  if (next.kind === 'wait') return;
  if (next.kind === 'over')
    return over(responder, incident, withHand(next, await handDone(gateway.db, incident)));
  if (incident.pausedBy) return;
  const failed = (await loadLog(gateway.db, id)).findLast((one) => one.kind === 'unmended')?.facts;
  await rollBack(gateway, next.action.id, {
    worker,
    attempt,
    confidence,
    because: failed?.because ?? 'it did not help.',
    evidence: (failed?.metrics ?? []).map(lineOf),
  });
}

/** What people did by hand in the runbook that did not help, in words. */
async function handDone(db: Db, { id, runbook }: Incident): Promise<string[]> {
  const since = runbook?.since ?? 0;
  const done = (await loadSteps(db, id)).filter((one) => one.attempt >= since && one.person && one.doneAt);
  return done.flatMap(({ state, what }) => (state === 'done' ? [what] : []));
}

interface Over {
  lines: string[];
  undone: Undone;
}

/** Nobody but a person can undo what a person did. Pure. */
function withHand(next: Over, byHand: string[]): Over {
  if (byHand.length === 0) return next;
  const lines = byHand.map((what) => `Not undone: "${what}", which a person did by hand.`);
  return { lines: [...next.lines, ...lines], undone: next.undone === 'all' ? 'part' : next.undone };
}

function lineOf({ says, subject, value, usual, z }: Measured): string {
  return `${says} of ${subject} ${brief(value)}, usually ${brief(usual)} (${z.toFixed(0)} σ)`;
}

function over(responder: Responder, incident: Incident, { lines: found, undone }: Over): Promise<void> {
  const { id, runbook } = incident;
  const words = responder.runbooks.find((one) => one.id === runbook?.id)?.rollback;
  const how = undone !== 'all' && words ? [`By hand: ${put(words, knownOf(incident) ?? {})}`] : [];
  const lines = [...found, ...how];
  return save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    if (now?.status !== 'undoing') return { result: undefined, entries: [], jobs: [] };
    await log(tx, id, { kind: 'undone', facts: { lines } });
    const because = `The runbook ran and the metrics are not back at their baseline${says[undone]}, so a person must look.`;
    return { result: undefined, ...(await escalate(responder, tx, now, because)) };
  });
}

const says: Record<Undone, string> = {
  all: '; what it did is undone',
  part: '; only part of what it did is undone',
  nothing: '; what it did could not be undone',
  'nothing-to-undo': '',
};
