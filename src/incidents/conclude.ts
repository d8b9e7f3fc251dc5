import type { Action } from '../actions/action.ts';
import { actionsOf } from '../actions/read.ts';
import type { ActionId, IncidentId } from '../ids.ts';
import { service as findService } from '../inventory/inventory.ts';
import { save } from '../jobs/save.ts';
import { remember } from '../knowledge/history.ts';
import { type Reference, referencesOf } from '../records/read.ts';
import type { Cause, Incident, Logged } from './incident.ts';
import { mendedAt } from './post-mortem/recorded.ts';
import { whither } from './redirect.ts';
import { pastOf } from './remembered.ts';
import { actorOf, type Responder } from './responder.ts';
import { stepLines } from './steps/cards.ts';
import type { StepRow } from './steps/step.ts';
import { loadSteps } from './steps/store.ts';
import { load, loadLog, lock, log, setEnded } from './store.ts';
import { keepJudged } from './sure.ts';

/** Ends the incident, tells in short what happened and makes its post-mortem due. Safe to call twice. */
export async function conclude(responder: Responder, id: IncidentId): Promise<void> {
  const { db } = responder.gateway;
  const incident = await load(db, id);
  if (incident?.status !== 'verified') return;
  const revenue = findService(responder.inventory, incident.service)?.revenuePerMinute ?? 0;
  const actions = await actionsOf(db, id);
  const records = await referencesOf(
    db,
    actions.map((action) => action.id),
  );
  const lines = postMortem({
    ...{ incident, entries: await loadLog(db, id), actions, revenue, records },
    steps: await loadSteps(db, id),
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
      jobs: [
        { name: 'show', subject: `incident:${id}` },
        { name: 'draft-post-mortem', incident: id, after: shortlyAfter(responder) },
      ],
    };
  });
}

/** So that the chart shows a while after the end as well. */
function shortlyAfter({ now, verifyMs }: Responder): Date {
  return new Date(now().getTime() + Math.min(verifyMs / 4, 120_000));
}

interface Recorded {
  incident: Incident;
  entries: Logged[];
  actions: Action[];
  steps?: StepRow[];
  /** EUR a minute. */
  revenue: number;
  /** Of each action, where systems outside keep them. */
  records?: Map<ActionId, Reference[]>;
}

/** What happened, in a few lines, from recorded rows alone; of a prediction whether it was prevented. Pure. */
export function postMortem({ incident, entries, actions, steps = [], revenue, records }: Recorded): string[] {
  const deeds = [...actions.map((one) => deedLine(one, records?.get(one.id))), ...stepLines(steps)];
  if (incident.kind === 'prediction')
    return [wentBy(incident, entries), ...deeds, ...entries.flatMap(steered)];
  const mended = entries.findLast((one) => one.kind === 'verified' || one.kind === 'resolved');
  const until = mendedAt({ incident, entries });
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
    ...deeds,
    ...entries.flatMap(steered),
    ...entries.filter((one) => one.kind === 'escalated').map(({ facts }) => `Escalated: ${facts.because}`),
    endLine(mended),
  ];
}

function endLine(mended: Extract<Logged, { kind: 'verified' | 'resolved' }> | undefined): string {
  if (!mended) return 'Not verified.';
  if (mended.kind === 'resolved') return 'Over by the word of a person: no metric was off.';
  const metrics = mended.facts.metrics.map(({ says, subject }) => `${says} of ${subject}`);
  return `Verified: ${metrics.join(', ')} back at baseline.`;
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

function deedLine(action: Action, records: Reference[] = []): string {
  const recorded = records.length > 0 ? ` (${records.map(({ number }) => number).join(', ')})` : '';
  const deed = action.undoes ? 'Rolled back' : 'Action';
  return `${deed}: ${action.question.what}: ${action.status}, ${howAllowed(action)}${recorded}.`;
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
    case 'declared':
      return [`Declared by a person: ${entry.facts.what}`];
    case 'severity':
      return [`SEV${entry.facts.to} by a person, SEV${entry.facts.from} before.`];
    case 'reopened':
      return [`Reopened by a person: ${entry.facts.why}`];
    case 'took-in':
      return [`${entry.facts.from} was part of it, a person said.`];
    case 'split-off':
      return [`${entry.facts.to} was apart from it, a person said.`];
    case 'redirected':
      return [`Sent elsewhere by a person: ${whither(entry.facts)}`];
    case 'unmended':
      return [`It did not help: ${entry.facts.because}`];
    default:
      return [];
  }
}

function lasted(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function howAllowed({ autonomous, status }: Action): string {
  if (autonomous) return 'within the charter, without asking';
  if (status === 'indeterminate') return 'approved by a person, not known to have run';
  return status === 'done' || status === 'failed' ? 'approved by a person' : 'not run';
}
