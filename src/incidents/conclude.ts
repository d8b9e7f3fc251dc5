import type { Action } from '../actions/action.ts';
import { actionsOf } from '../actions/read.ts';
import type { IncidentId } from '../ids.ts';
import { service as findService } from '../inventory/inventory.ts';
import { save } from '../jobs/save.ts';
import { remember } from '../knowledge/history.ts';
import type { Cause, Incident, Logged } from './incident.ts';
import { whither } from './redirect.ts';
import { pastOf } from './remembered.ts';
import { actorOf, type Responder } from './responder.ts';
import { load, loadLog, lock, log, setEnded } from './store.ts';
import { keepJudged } from './sure.ts';

/** Writes the post-mortem from the record and ends the incident. Safe to call twice. */
export async function conclude(responder: Responder, id: IncidentId): Promise<void> {
  const { db } = responder.gateway;
  const incident = await load(db, id);
  if (incident?.status !== 'verified') return;
  const revenue = findService(responder.inventory, incident.service)?.revenuePerMinute ?? 0;
  const lines = postMortem({
    incident,
    entries: await loadLog(db, id),
    actions: await actionsOf(db, id),
    revenue,
  });
  await save(responder.gateway, async (tx) => {
    if ((await lock(tx, id))?.status !== 'verified') return { result: undefined, entries: [], jobs: [] };
    await keepJudged(tx, incident, await loadLog(tx, id), { end: 'mended', now: responder.now() });
    await log(tx, id, { kind: 'post-mortem', facts: { lines } });
    await setEnded(tx, id, 'closed');
    if (incident.kind !== 'prediction') await remember(tx, [await pastOf(tx, incident, lines, responder)]);
    const about = { incident: id, service: incident.service };
    return {
      result: undefined,
      entries: [
        {
          kind: 'incident.ended',
          by: actorOf(responder, incident.worker),
          about,
          facts: { status: 'closed' },
          words: { post_mortem: lines.join('\n') },
        },
      ],
      jobs: [{ name: 'show', subject: `incident:${id}` }],
    };
  });
}

interface Recorded {
  incident: Incident;
  entries: Logged[];
  actions: Action[];
  /** EUR a minute. */
  revenue: number;
}

/** What happened, in a few lines, from recorded rows alone; of a prediction whether it was prevented. Pure. */
export function postMortem({ incident, entries, actions, revenue }: Recorded): string[] {
  if (incident.kind === 'prediction')
    return [wentBy(incident, entries), ...actions.map(deedLine), ...entries.flatMap(steered)];
  const mended = entries.find((one) => one.kind === 'verified');
  const until = mendedBySteps(incident, entries) ? incident.mitigatedAt : mended?.at;
  const seconds = until
    ? Math.max(1, Math.round((until.getTime() - incident.openedAt.getTime()) / 1_000))
    : undefined;
  const cause = incident.cause;
  return [
    `Cause: ${cause ? `${cause.says} (confidence ${Math.floor(cause.confidence * 100)} %, ${foundBy(cause, entries)})` : 'not found by the workers'}.`,
    ...(seconds === undefined
      ? []
      : [
          `Impact: ${lasted(seconds)} from signal to mended, up to EUR ${Math.round((seconds / 60) * revenue)} of revenue at risk.`,
        ]),
    ...entries.flatMap((one) => (one.kind === 'came-true' ? foretoldLine(one.facts, incident.cause) : [])),
    ...actions.map(deedLine),
    ...entries.flatMap(steered),
    ...entries.filter((one) => one.kind === 'escalated').map(({ facts }) => `Escalated: ${facts.because}`),
    mended
      ? `Verified: ${mended.facts.metrics.map(({ says, subject }) => `${says} of ${subject}`).join(', ')} back at baseline.`
      : 'Not verified.',
  ];
}

/** What became of what was foretold. */
function wentBy({ cause, mitigatedAt }: Incident, entries: Logged[]): string {
  const says = cause?.says ?? 'something that nobody could name';
  if (mitigatedAt) return `Prevented: ${says}. It is no longer foretold since something was done against it.`;
  const how = entries.some(({ kind }) => kind === 'taken')
    ? 'a person had it'
    : 'nothing was done against it';
  return `It did not come: ${says}. It is no longer foretold; ${how}.`;
}

/** Whether what was foretold is what came. */
function foretoldLine(
  { seconds, foretold }: Extract<Logged, { kind: 'came-true' }>['facts'],
  cause: Incident['cause'],
): string[] {
  if (!foretold) return [];
  const was = foretold.kind === cause?.kind ? 'Foretold' : 'Something else was foretold';
  return [`${was} ${lasted(seconds)} before it came: ${foretold.says}.`];
}

function deedLine(action: Action): string {
  const deed = action.undoes ? 'Rolled back' : 'Action';
  return `${deed}: ${action.question.what}: ${action.status}, ${howAllowed(action)}.`;
}

/** Who found the cause, and who argued about it. */
function foundBy({ says }: Cause, entries: Logged[]): string {
  const diagnoses = entries.flatMap((one) => (one.kind === 'diagnosis' ? [one.facts] : []));
  const model = diagnoses.findLast(({ argued }) => argued)?.argued?.model;
  const alone = diagnoses.some(({ hypotheses }) =>
    hypotheses.some((one) => one.says === says && one.by === 'model'),
  );
  if (alone) return `by ${model ?? 'a model'} alone`;
  return model ? `by rule, argued with ${model}` : 'by rule';
}

/** What people had done otherwise, and what did not help. */
function steered(entry: Logged): string[] {
  switch (entry.kind) {
    case 'skipped':
      return [`Skipped by a person: ${entry.facts.what}.`];
    case 'chosen':
      return [`Cause chosen by a person: ${entry.facts.says}.`];
    case 'redirected':
      return [`Sent elsewhere by a person: ${whither(entry.facts)}`];
    case 'unmended':
      return [`It did not help: ${entry.facts.because}`];
    default:
      return [];
  }
}

/** The runbook's end was the mend, unless somebody had to take it from there. */
function mendedBySteps({ mitigatedAt }: Incident, entries: Logged[]): boolean {
  const handedOn = entries.some(
    ({ kind, at }) => (kind === 'escalated' || kind === 'taken') && mitigatedAt && at >= mitigatedAt,
  );
  return mitigatedAt !== null && !handedOn;
}

function lasted(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function howAllowed({ autonomous, status }: Action): string {
  if (autonomous) return 'within the charter, without asking';
  if (status === 'indeterminate') return 'approved by a person, not known to have run';
  return status === 'done' || status === 'failed' ? 'approved by a person' : 'not run';
}
