import { save } from '../../jobs/save.ts';
import { fill, type Known, put, type Runbook, type Step } from '../../knowledge/runbook.ts';
import { type Metric, saysOf } from '../../monitoring/metric.ts';
import { isUsual, type Reading } from '../../monitoring/reading.ts';
import type { AnyTool } from '../../tools/tool.ts';
import type { Incident } from '../incident.ts';
import { lacking } from '../preconditions.ts';
import { stepAt } from '../remediate.ts';
import type { Responder } from '../responder.ts';
import { lock } from '../store.ts';
import type { StepInWords } from './checklist.ts';
import { type Check, type Expected, expectedLine, knownOf, readingOf } from './step.ts';
import { insertDue, loadStep } from './store.ts';

/** Reads what the step that is next requires, and how its metric is before it, and writes it down as due. Safe to call twice. */
export async function prepare(responder: Responder, incident: Incident): Promise<void> {
  const { id, attempt, runbook } = incident;
  const next = runbook && stepAt(responder.runbooks, runbook);
  const known = knownOf(incident);
  if (!runbook || !next || !known) return;
  const key = { incident: id, attempt, step: runbook.step };
  if (await loadStep(responder.gateway.db, key)) return;
  const { requires = [], effect } = next;
  const looks = requires.length > 0 || effect;
  const { readings } = looks ? await responder.monitor.scrape(responder.now()) : { readings: [] };
  const expected = expectedOf(responder.monitor.metrics, next, known);
  const before = expected ? (readingOf(expected, readings)?.z ?? null) : null;
  const due = {
    ...{ ...key, runbook: runbook.id, version: runbook.version, tool: next.tool, expected, before },
    what: inWords(wordingOf(responder), next, known).what,
    checks: requires.map((one) => checkOf(one, known, readings)),
  };
  await save(responder.gateway, async (tx) => {
    const now = await lock(tx, id);
    const isStill = now?.attempt === attempt && now.runbook?.step === runbook.step;
    if (isStill) await insertDue(tx, due);
    return { result: undefined, entries: [], jobs: [{ name: 'show', subject: `incident:${id}` }] };
  });
}

/** What a step is to bring about, filled; null where the runbook names no metric for it. */
function expectedOf(metrics: Metric[], { effect }: Step, known: Known): Expected | null {
  if (!effect) return null;
  const { metric, of, becomes, withinMs } = effect;
  return { metric, becomes, withinMs, subject: put(of, known), says: saysOf(metrics, metric) };
}

function checkOf(required: NonNullable<Step['requires']>[number], known: Known, readings: Reading[]): Check {
  const because = lacking(required, known, readings);
  if (because) return { says: because, met: false };
  const subject = put(required.of, known);
  const reading = readingOf({ metric: required.metric, subject }, readings);
  const how = reading && isUsual(reading) ? 'usual' : 'unusual';
  return { says: `${reading?.says ?? required.metric} of ${subject} is ${how}, as it must be.`, met: true };
}

/** What a step is put into words by. */
export interface Wording {
  tools: AnyTool[];
  metrics: Metric[];
}

export function wordingOf({ gateway, monitor }: Responder): Wording {
  return { tools: gateway.tools, metrics: monitor.metrics };
}

/** A step as a person reads it, with all that is known filled in. */
export function inWords({ tools, metrics }: Wording, step: Step, known: Known): StepInWords {
  const filled = fill(step, known);
  const given = filled.kind === 'filled' ? filled.arguments : step.arguments;
  const tool = tools.find(({ name }) => name === step.tool);
  const parsed = tool?.arguments.safeParse(given);
  const expected = expectedOf(metrics, step, known);
  return {
    what: tool && parsed?.success ? tool.what(parsed.data) : step.tool,
    tool: step.tool,
    arguments: JSON.stringify(given),
    requires: (step.requires ?? []).map(
      ({ metric, of, is }) => `${saysOf(metrics, metric)} of ${put(of, known)} must be ${is}`,
    ),
    expect: put(step.expect, known),
    effect: expected && expectedLine(expected),
    rollback: step.rollback ? put(step.rollback.says, known) : null,
  };
}

/** A runbook in words, for what is known. */
export function runbookInWords(wording: Wording, { steps }: Runbook, known: Known): StepInWords[] {
  return steps.map((one) => inWords(wording, one, known));
}
