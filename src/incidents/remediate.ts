import type { Action } from '../actions/action.ts';
import { propose } from '../actions/propose.ts';
import { actionFor } from '../actions/read.ts';
import type { IncidentId } from '../ids.ts';
import { type Consequences, save } from '../jobs/save.ts';
import { fill, type Runbook } from '../knowledge/runbook.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Tx } from '../postgres/database.ts';
import { escalate } from './escalate.ts';
import type { Incident, Measured } from './incident.ts';
import { measure } from './measure.ts';
import type { Responder } from './responder.ts';
import { load, loadLog, lock, log, setMitigated, update } from './store.ts';

/** Takes the next step of the runbook, or sees what became of the last one. Safe to call twice. */
export async function remediate(responder: Responder, id: IncidentId): Promise<void> {
  const { db } = responder.gateway;
  const incident = await load(db, id);
  if (incident?.status !== 'remediating' || !incident.runbook) return;
  const action = await actionFor(db, id, incident.runbook.step);
  if (!action) return step(responder, incident);
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
      return change(responder, id, (tx, now) => escalate(responder, tx, now, whyStopped(action)));
  }
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
  const { runbook, cause } = incident;
  const written = responder.runbooks.find(
    ({ id, version }) => id === runbook?.id && version === runbook.version,
  );
  const next = written?.steps[runbook?.step ?? 0];
  const filled = next && cause ? fill(next, cause.known) : undefined;
  const stop = (because: string) =>
    change(responder, incident.id, (tx, now) => escalate(responder, tx, now, because));
  if (!next || !cause || filled?.kind !== 'filled') {
    const because = `Step ${(runbook?.step ?? 0) + 1} of the runbook ${runbook?.id} cannot be taken as it is now.`;
    return stop(because);
  }
  const objection = objectionTo(responder, next.tool, filled.arguments);
  if (objection) return stop(objection);
  await propose(responder.gateway, {
    worker: incident.worker,
    incident: incident.id,
    step: runbook?.step ?? 0,
    tool: next.tool,
    arguments: filled.arguments,
    confidence: cause.confidence,
    why: `${cause.says}.`,
    evidence: await evidenceLines(responder, incident.id),
    expected: filled.expect,
  });
}

/** Why a step cannot even be proposed here, as on a site without the system its tool works on. */
function objectionTo({ gateway }: Responder, name: string, given: Record<string, string>) {
  const found = gateway.tools.find((one) => one.name === name);
  if (!found) return `The runbook wants ${name}, which this site has no tool for, so a person must do it.`;
  const parsed = found.arguments.safeParse(given);
  if (parsed.success) return undefined;
  return `The runbook's arguments do not fit ${name}, so a person must do it: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}.`;
}

/** What was found for the leading hypothesis, and all that could not be checked. */
async function evidenceLines({ gateway }: Responder, id: IncidentId): Promise<string[]> {
  const entries = await loadLog(gateway.db, id);
  const evidence = entries.findLast((one) => one.kind === 'evidence')?.facts.evidence ?? [];
  const leading = entries.findLast((one) => one.kind === 'diagnosis')?.facts.hypotheses[0];
  const shown = evidence.filter((one) => leading?.for.includes(one.id) || !one.read);
  return shown.map(({ source, found }) => `${source}: ${found}`);
}

async function stepDone(responder: Responder, incident: Incident, action: Action): Promise<void> {
  const { metrics } = await measure(responder, await signalsOf(responder.gateway.db, incident.id));
  await change(responder, incident.id, (tx, now) => onwards(responder, tx, now, { action, metrics }));
}

interface Done {
  action: Action;
  metrics: Measured[];
}

async function onwards(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { action, metrics }: Done,
): Promise<Consequences> {
  const { runbook } = incident;
  if (!runbook || action.step !== runbook.step) return { entries: [], jobs: [] };
  const next = runbook.step + 1;
  await log(tx, incident.id, {
    kind: 'step',
    facts: { step: runbook.step, what: action.question.what, metrics },
  });
  await update(tx, incident.id, { runbook: { ...runbook, step: next } });
  const show = { name: 'show', subject: `incident:${incident.id}` } as const;
  if (next < stepsOf(responder.runbooks, runbook))
    return { entries: [], jobs: [{ name: 'remediate', incident: incident.id }, show] };
  await setMitigated(tx, incident.id);
  return { entries: [], jobs: [{ name: 'verify', incident: incident.id }, show] };
}

function stepsOf(runbooks: Runbook[], { id, version }: { id: string; version: number }): number {
  return runbooks.find((one) => one.id === id && one.version === version)?.steps.length ?? 0;
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
