import { budgetsOn, mayRead } from '../../actions/may-read.ts';
import type { Entry } from '../../audit/entry.ts';
import type { IncidentId } from '../../ids.ts';
import { type Consequences, save } from '../../jobs/save.ts';
import type { Asked } from '../../models/meter.ts';
import type { Called, Message, Offered } from '../../models/model.ts';
import type { Prompt } from '../../models/prompt.ts';
import { hideIn, openRedaction, type Redaction } from '../../models/redact.ts';
import type { Tx } from '../../postgres/database.ts';
import type { Incident } from '../incident.ts';
import { actorOf, type Responder } from '../responder.ts';
import { load, lock, log } from '../store.ts';
import { classifiedBy, lastWord, meantBy, questionOf, withKinds } from './answered.ts';
import { weigh } from './claims.ts';
import { capOf, noteHeard } from './heard.ts';
import { lookAll } from './look.ts';
import { kindsOf } from './material.ts';
import { classifyTools, turnTools } from './offered.ts';
import { endTurn, loadTurn, saveTurn } from './store.ts';
import { type Opinion, openCalls, type Turn } from './turn.ts';

/**
 * Takes the next step of a model's turn on an incident: sorts it, asks, or looks at what was asked for. What came of
 * a step is saved with the job of the next, so that after a crash it goes on there. A question that is cut off
 * before its answer is saved is asked again; no answer that was saved is asked for twice. Safe to call twice.
 */
export async function argue(responder: Responder, id: IncidentId): Promise<void> {
  const { gateway, opinion } = responder;
  const turn = await loadTurn(gateway.db, id);
  const incident = await load(gateway.db, id);
  if (!turn || !incident) return;
  const stop = await whyStop(responder, turn, incident);
  if (stop || !opinion) return finish(responder, turn, stop ?? 'No model is set any more.');
  const step: Step = { responder, opinion, turn, incident, redaction: openRedaction(opinion.people) };
  // In the order in which they came, so that everything is called as it was when it was sent.
  const messages = hideIn(turn.messages, step.redaction);
  const calls = openCalls(turn);
  if (calls.length > 0) return lookFor(step, calls);
  return turn.classified === null ? classify(step, messages) : askOnce(step, messages);
}

interface Step {
  responder: Responder;
  opinion: Opinion;
  turn: Turn;
  incident: Incident;
  redaction: Redaction;
}

/** Whether it still matters and may go on. */
async function whyStop(
  { gateway }: Responder,
  turn: Turn,
  { id, attempt, endedAt, worker, service }: Incident,
): Promise<string | undefined> {
  if (endedAt !== null) return 'The incident ended meanwhile.';
  if (attempt !== turn.attempt) return 'The incident was begun afresh meanwhile.';
  const may = await save(gateway, async (tx) => ({
    result: await mayRead(gateway, tx, { worker, name: 'argue', incident: id, service }),
    entries: [],
    jobs: [],
  }));
  return may.kind === 'not' ? may.because : undefined;
}

/** The small model says which kind of incident it is. When it cannot, the turn goes on without. */
async function classify(step: Step, messages: Message[]): Promise<void> {
  const { responder, opinion, turn } = step;
  const kinds = kindsOf(responder.runbooks, turn.material.hypotheses);
  const asked = await question(step, opinion.prompts.classify, withKinds(messages, kinds), classifyTools);
  const { classified, told } = classifiedBy(asked, kinds, turn.material);
  await goOn(step, { classified, messages: [...turn.messages, told] });
}

/** Asks the frontier model once: it answers, or wants to look, or is told what was wrong with its answer. */
async function askOnce(step: Step, messages: Message[]): Promise<void> {
  const { responder, opinion, turn, redaction } = step;
  const answer = await question(step, opinion.prompts.diagnose, messages, turnTools);
  const asked = turn.asked + 1;
  const meant = meantBy(answer, asked, redaction);
  switch (meant.kind) {
    case 'over':
      return finish(responder, turn, meant.because);
    case 'answer': {
      const { gateway, inventory } = responder;
      const kinds = kindsOf(responder.runbooks, turn.material.hypotheses);
      const grounds = { ...turn.material, inventory, kinds, cap: capOf(gateway.policy) };
      const heard = weigh(meant.answer, grounds);
      return finish(responder, turn, 'It answered.', (tx, now) => noteHeard(responder, tx, now, turn, heard));
    }
    case 'look':
      // What it wants to look at is the next step's.
      return goOn(step, { asked, messages: [...turn.messages, meant.said] });
    case 'again':
      return goOn(step, { asked, messages: [...turn.messages, meant.said, meant.correction] });
  }
}

async function lookFor(step: Step, calls: Called[]): Promise<void> {
  const { responder, incident, turn, redaction } = step;
  const { results, material, entries } = await lookAll(responder, incident, turn, calls, redaction);
  const blocks = [...results, ...lastWord(turn.asked)];
  const messages: Message[] = [...turn.messages, { from: 'us', blocks }];
  await goOn(step, { material, messages }, entries);
}

function question(
  { opinion, turn, incident, responder }: Step,
  prompt: Prompt,
  messages: Message[],
  tools: Offered[],
): Promise<Asked> {
  const { worker, service } = incident;
  return opinion.models.ask({
    ...questionOf(prompt, messages, tools),
    worker,
    by: actorOf(responder, worker),
    about: { incident: turn.incident, service },
    budgets: budgetsOn(responder.gateway, service),
  });
}

/** Saves what came of a step, and the job of the next. */
function goOn({ responder, turn }: Step, change: Partial<Turn>, entries: Entry[] = []): Promise<void> {
  return save(responder.gateway, async (tx) => {
    const saved = await saveTurn(tx, turn, { ...turn, ...change });
    if (!saved) return { result: undefined, entries: [], jobs: [] };
    return { result: undefined, entries, jobs: [{ name: 'argue', incident: turn.incident }] };
  });
}

type Note = (tx: Tx, incident: Incident) => Promise<Consequences>;

/** Ends the turn: with what is noted of its answer, or with a line on the thread that there is none. */
function finish(responder: Responder, turn: Turn, because: string, note?: Note): Promise<void> {
  return save(responder.gateway, async (tx) => {
    const now = await lock(tx, turn.incident);
    const nothing = { result: undefined, entries: [], jobs: [] };
    if (!now || !(await endTurn(tx, turn, because))) return nothing;
    if (now.endedAt !== null || now.attempt !== turn.attempt) return nothing;
    if (note) return { result: undefined, ...(await note(tx, now)) };
    await log(tx, now.id, { kind: 'unargued', facts: { because } });
    return { ...nothing, jobs: [{ name: 'show', subject: `incident:${now.id}` }] };
  });
}
