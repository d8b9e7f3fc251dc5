import type { Action } from '../../actions/action.ts';
import type { Entry } from '../../audit/entry.ts';
import { type Consequences, save } from '../../jobs/save.ts';
import { signalsOf } from '../../monitoring/read.ts';
import type { Tx } from '../../postgres/database.ts';
import { escalate } from '../escalate.ts';
import type { Begun, Incident } from '../incident.ts';
import { type Look, measure } from '../measure.ts';
import { nextStep, stepAt } from '../remediate.ts';
import { actorOf, type Responder } from '../responder.ts';
import { lock, log, update } from '../store.ts';
import { inWords, wordingOf } from './before.ts';
import { expectedLine, gradeOf, knownOf, readingOf, type StepRow, seenLine } from './step.ts';
import { loadStep, loadSteps, setDone, setGrade, setLooked, type Timed } from './store.ts';

/**
 * A step was done, by a worker's `action` or by a person: the metrics are read again, and it goes on once what the step
 * was to bring about is seen. In the middle of a runbook it stops where that does not come. Safe to call twice.
 */
export async function stepDone(responder: Responder, incident: Incident, action?: Action): Promise<void> {
  const { id, attempt, runbook } = incident;
  const look = await measure(responder, incident, await signalsOf(responder.gateway.db, id));
  await save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    const isStill = now?.status === 'remediating' && now.attempt === attempt;
    if (!isStill || !now.runbook || now.runbook.step !== runbook?.step)
      return { result: undefined, entries: [], jobs: [] };
    return {
      result: undefined,
      ...(await onwards(responder, tx, { ...now, runbook: now.runbook }, { look, action })),
    };
  });
}

type Running = Incident & { runbook: Begun };

async function onwards(
  responder: Responder,
  tx: Tx,
  incident: Running,
  { look, action }: { look: Look; action: Action | undefined },
): Promise<Consequences> {
  const { id, attempt, runbook } = incident;
  const key = { incident: id, attempt, step: runbook.step };
  if (action) await setDone(tx, key, { action: action.id, at: action.endedAt });
  const row = await loadStep(tx, key);
  const what = row?.what ?? action?.question.what ?? '';
  if (!row || (await setLooked(tx, key)))
    await log(tx, id, { kind: 'step', facts: { step: runbook.step, attempt, what, metrics: look.metrics } });
  const isLast = !stepAt(responder.runbooks, { ...runbook, step: runbook.step + 1 });
  const graded = row ? await grade(responder, tx, incident, { row, look, left: isLast ? 0 : 1 }) : [];
  const now = row && (await loadStep(tx, key));
  if (isLast || !now?.expected || (now.grade && now.grade !== 'not')) {
    const on = await nextStep(responder, tx, incident, runbook);
    return { entries: [...graded, ...on.entries], jobs: on.jobs };
  }
  const show = { name: 'show', subject: `incident:${id}` } as const;
  const after = new Date(responder.now().getTime() + responder.monitor.cycleMs);
  if (!now.grade) return { entries: graded, jobs: [{ name: 'remediate', incident: id, after }, show] };
  return surprised(responder, tx, incident, { row: now, graded, output: action?.output ?? now.words });
}

/** What the step was to bring about did not come: the rest is left, and a person is asked with the whole picture. */
async function surprised(
  responder: Responder,
  tx: Tx,
  incident: Running,
  { row, graded, output }: { row: StepRow; graded: Entry[]; output: string | null },
): Promise<Consequences> {
  const { id, runbook } = incident;
  const tells = await stopped(responder, tx, incident, { row, output });
  await update(tx, id, { runbook: { ...runbook, step: runbook.step + 1 } });
  const expected = row.expected ? expectedLine(row.expected) : '';
  const because = `Step ${row.step + 1}, "${row.what}", was done and did not bring what was expected (${expected}), so the rest of the runbook is left to a person.`;
  const { entries, jobs } = await escalate(responder, tx, incident, because);
  return { entries: [...graded, ...tells, ...entries], jobs };
}

/** Tells what a step that stops its runbook was to bring about, what was seen, what it printed and what is left to do. */
export async function stopped(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { action, row, output }: { action?: Action; row?: StepRow; output?: string | null },
): Promise<Entry[]> {
  const { id, service, worker, runbook } = incident;
  if (!runbook) return [];
  const step = row?.step ?? runbook.step;
  const what = row?.what ?? action?.question.what ?? '';
  const left = leftFrom(responder, incident, step + 1);
  // A single step that failed is told by its own card.
  if (!row && step === 0 && left.length === 0) return [];
  const expected = row?.expected ? expectedLine(row.expected) : (action?.question.expected ?? '');
  const seen = row ? seenLine(row) : `the step is ${action?.status}`;
  const printed = output ?? action?.output ?? null;
  await log(tx, id, { kind: 'stopped', facts: { step, what, expected, seen, output: printed, left } });
  return [
    {
      kind: 'runbook.stopped',
      by: actorOf(responder, worker),
      about: { incident: id, service, ...(action && { action: action.id }) },
      versions: { runbook: `${runbook.id}@${runbook.version}` },
      facts: { step, left: left.length, ...(row && { grade: row.grade }) },
    },
  ];
}

function leftFrom(responder: Responder, incident: Incident, from: number): string[] {
  const known = knownOf(incident) ?? {};
  const steps = responder.runbooks.find(
    ({ id, version }) => id === incident.runbook?.id && version === incident.runbook.version,
  )?.steps;
  return (steps ?? []).slice(from).map((one) => inWords(wordingOf(responder), one, known).what);
}

/** Grades one step by what was read, if there is something to say yet. Returns the entry that says so. */
async function grade(
  responder: Responder,
  tx: Tx,
  { worker, service }: Incident,
  { row, look, left, isOver }: { row: Timed; look: Look; left: number; isOver?: boolean },
): Promise<Entry[]> {
  const { expected, before, elapsedMs } = row;
  if (!expected || row.grade) return [];
  const reading = readingOf(expected, look.readings);
  const found = gradeOf({ expected, before }, { reading, allUsual: look.usual, left, elapsedMs });
  const given = found ?? (isOver ? 'not' : undefined);
  if (!given) return [];
  const seen = reading ? { value: reading.value, usual: reading.mean, z: reading.z } : null;
  const graded = await setGrade(tx, row, { grade: given, seen });
  if (!graded) return [];
  const { incident, action, step, runbook, version } = row;
  return [
    {
      kind: 'step.graded',
      by: actorOf(responder, worker),
      about: { incident, service, ...(action && { action }) },
      versions: { runbook: `${runbook}@${version}` },
      facts: { step, grade: given, expected: { ...expected }, seen, seconds: graded.seenAfter },
    },
  ];
}

/** Grades what was done by the metrics as they are while all is verified; what was not seen when that `isOver` never came. */
export async function gradeSteps(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  look: Look,
  isOver = false,
): Promise<Entry[]> {
  // For what is only foretold no metric is read.
  if (incident.kind === 'prediction' && look.readings.length === 0) return [];
  const since = incident.runbook?.since ?? 0;
  const open = (await loadSteps(tx, incident.id)).filter(
    ({ attempt, state, grade: given }) => attempt >= since && state === 'done' && given === null,
  );
  const entries: Entry[] = [];
  for (const row of open)
    entries.push(...(await grade(responder, tx, incident, { row, look, left: 0, isOver })));
  return entries;
}
