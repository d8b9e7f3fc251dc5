import type { Action } from '../actions/action.ts';
import { propose } from '../actions/propose.ts';
import { actionFor } from '../actions/read.ts';
import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { fill, type Runbook, type Step } from '../knowledge/runbook.ts';
import type { Tx } from '../postgres/database.ts';
import { escalate } from './escalate.ts';
import { foundIn } from './found.ts';
import { takeUp } from './handoffs/take-up.ts';
import type { Cause, Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { stepDone, stopped } from './steps/after.ts';
import { prepare } from './steps/before.ts';
import { handOf, knownOf } from './steps/step.ts';
import { loadStep } from './steps/store.ts';
import { load, loadLog, lock, setMitigated, update } from './store.ts';
import { undo } from './undo.ts';

/** Takes the next step of the runbook or of rolling it back, or sees what became of the last one. Safe to call twice. */
export async function remediate(responder: Responder, id: IncidentId): Promise<void> {
  const { db } = responder.gateway;
  const before = await load(db, id);
  if (before?.status === 'undoing') return undo(responder, before);
  if (before?.status !== 'remediating') return;
  if (handOf(before)) return byHand(responder, before);
  if ((await takeUp(responder, id, 'resolution')).kind === 'nothing') return;
  const incident = await load(db, id);
  if (incident?.status !== 'remediating' || !incident.runbook || handOf(incident)) return;
  const action = await actionFor(db, {
    incident: id,
    attempt: incident.attempt,
    step: incident.runbook.step,
    undoes: null,
    request: null,
  });
  if (!action) return incident.pausedBy ? undefined : step(responder, incident);
  switch (action.status) {
    case 'ready':
    case 'waiting':
    case 'running':
      return;
    case 'done':
      return stepDone(responder, incident, action);
    case 'failed':
    case 'indeterminate':
    case 'refused':
    case 'rejected':
    case 'lapsed':
    case 'cancelled':
      return change(responder, id, async (tx, now) => {
        const tells = action.startedAt ? await stopped(responder, tx, now, { action }) : undefined;
        const { entries, jobs } = await escalate(responder, tx, now, whyStopped(action));
        return { entries: [...(tells ?? []), ...entries], jobs };
      });
  }
}

/** The step is a person's: what it requires is read for them, and the metrics again once it is done. */
async function byHand(responder: Responder, incident: Incident): Promise<void> {
  const { id, attempt, runbook } = incident;
  const step = runbook && { incident: id, attempt, step: runbook.step };
  const row = step && (await loadStep(responder.gateway.db, step));
  if (!row) return prepare(responder, incident);
  if (row.state === 'done') return stepDone(responder, incident);
}

function whyStopped({ status, question, output }: Action): string {
  const what = `"${question.what}"`;
  switch (status) {
    case 'rejected':
      return `${what} was rejected, so a person must decide how to go on.`;
    case 'lapsed':
      return `Nobody decided on ${what} in time, so a person must decide how to go on.`;
    case 'refused':
      return `${what} is not allowed: ${output ?? ''}`;
    case 'indeterminate':
      return output ?? `It is not known whether ${what} ran.`;
    default:
      return `${what} failed, and a failed step is not improvised around.`;
  }
}

async function step(responder: Responder, incident: Incident): Promise<void> {
  const { runbook } = incident;
  const next = runbook ? stepAt(responder.runbooks, runbook) : undefined;
  const known = knownOf(incident);
  const filled = next && known ? fill(next, known) : undefined;
  const stop = (because: string) =>
    change(responder, incident.id, (tx, now) => escalate(responder, tx, now, because));
  if (!runbook || !next || filled?.kind !== 'filled') {
    const because = `Step ${(runbook?.step ?? 0) + 1} of the runbook ${runbook?.id} cannot be taken as it is now.`;
    return stop(because);
  }
  const objection = objectionTo(responder, next.tool, filled.arguments);
  if (objection) return stop(objection);
  await prepare(responder, incident);
  await propose(responder.gateway, {
    worker: incident.worker,
    incident: incident.id,
    attempt: incident.attempt,
    step: runbook.step,
    tool: next.tool,
    arguments: filled.arguments,
    ...(await reasons(responder, incident)),
    expected: filled.expect,
    foretold: incident.kind === 'prediction',
  });
}

/** Why a step is taken: for the cause, or because a person picked the runbook, who may then not approve it. */
async function reasons(responder: Responder, { id, kind, cause, runbook }: Incident) {
  if (runbook?.picked) {
    const why = `A person has the runbook ${runbook.id} followed.`;
    return { confidence: 0, why, evidence: [], requestedBy: runbook.picked.by };
  }
  if (!cause) return { confidence: 0, why: 'No cause is known.', evidence: [] };
  const why = kind === 'prediction' ? `Foretold: ${cause.says}.` : `${cause.says}.`;
  return { confidence: cause.confidence, why, evidence: await evidenceLines(responder, id, cause) };
}

/** Why a step cannot even be proposed here, as on a site without the system its tool works on. */
function objectionTo({ gateway }: Responder, name: string, given: Record<string, string>) {
  const found = gateway.tools.find((one) => one.name === name);
  if (!found) return `The runbook wants ${name}, which this site has no tool for, so a person must do it.`;
  const parsed = found.arguments.safeParse(given);
  if (parsed.success) return undefined;
  return `The runbook's arguments do not fit ${name}, so a person must do it: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`;
}

/** What was found for the cause that is acted on, and all that could not be checked. */
async function evidenceLines({ gateway }: Responder, id: IncidentId, { says }: Cause): Promise<string[]> {
  const { evidence, hypotheses } = foundIn(await loadLog(gateway.db, id));
  const leading = hypotheses.find((one) => one.says === says);
  const shown = evidence.filter((one) => leading?.for.includes(one.id) || !one.read);
  return shown.map(({ source, found }) => `${source}: ${found}`);
}

/** The step after this one is due, or the metrics are watched when there is none. */
export async function nextStep(
  responder: Responder,
  tx: Tx,
  { id, kind }: Pick<Incident, 'id' | 'kind'>,
  runbook: NonNullable<Incident['runbook']>,
): Promise<Consequences> {
  const next = runbook.step + 1;
  await update(tx, id, { status: 'remediating', runbook: { ...runbook, step: next } });
  const show = { name: 'show', subject: `incident:${id}` } as const;
  if (stepAt(responder.runbooks, { ...runbook, step: next }))
    return { entries: [], jobs: [{ name: 'remediate', incident: id }, show] };
  await setMitigated(tx, id);
  // A prediction is looked at from the start, and its next look is due.
  return { entries: [], jobs: kind === 'prediction' ? [show] : [{ name: 'verify', incident: id }, show] };
}

/** The step that a runbook is at, in the version it was begun with; undefined after the last. */
export function stepAt(
  runbooks: Runbook[],
  { id, version, step }: NonNullable<Incident['runbook']>,
): Step | undefined {
  return runbooks.find((one) => one.id === id && one.version === version)?.steps[step];
}

/** Changes the incident if it is still being remediated. */
function change(
  responder: Responder,
  id: IncidentId,
  how: (tx: Tx, now: Incident) => Promise<Consequences>,
): Promise<void> {
  return save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    if (now?.status !== 'remediating') return { result: undefined, entries: [], jobs: [] };
    return { result: undefined, ...(await how(tx, now)) };
  });
}
