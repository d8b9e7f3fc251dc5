// What an incident teaches, by plain rules over its record: what worked, what did not, what to change.
import type { Action } from '../../actions/action.ts';
import type { Approval } from '../../approvals/approval.ts';
import { runbookFor } from '../../knowledge/runbook.ts';
import { duration } from '../../monitoring/duration.ts';
import { foundIn } from '../found.ts';
import type { Logged } from '../incident.ts';
import { unknown } from '../locate.ts';
import { expectedLine, type StepRow, seenLine } from '../steps/step.ts';
import { mendedAt, notRead, type Recorded, ran } from './recorded.ts';
import { timesOf } from './timeline.ts';

/** An answer that took longer is worth a thought. */
const slowAnswer = 5 * 60;
/** What was unusual for longer before the first signal was noticed late. */
const lateSignal = 5 * 60;

/** What went as it should. Pure. */
export function workedOf(recorded: Recorded): string[] {
  const { incident, entries, actions, approvals, steps } = recorded;
  const { causeNamed } = timesOf(recorded);
  const doubted = has(entries, 'wrong-cause') || has(entries, 'chosen') || !isKnown(recorded);
  const foretold = entries.find((one) => one.kind === 'came-true');
  const verified = entries.find((one) => one.kind === 'verified');
  return [
    ...(foretold?.facts.foretold && foretold.facts.foretold.kind === incident.cause?.kind
      ? [`It was foretold ${duration(foretold.facts.seconds)} before it came.`]
      : []),
    ...(causeNamed && !doubted
      ? [`The cause was named ${since(incident.openedAt, new Date(causeNamed))} after it was opened.`]
      : []),
    ...approvals
      .filter((one) => one.status === 'approved' && waited(one) <= slowAnswer)
      .map((one) => `"${one.question.what}" was approved within ${duration(waited(one))}.`),
    ...actions
      .filter((one) => one.health === 'better' && !one.undoes && one.status === 'done')
      .map((one) => `"${one.question.what}" helped${one.autonomous ? ', and needed nobody' : ''}.`),
    ...steps
      .filter(({ person, state }) => person && state === 'done')
      .map(
        ({ what, grade }) => `"${what}" was done by hand${cameOf(grade) ? ', and did what it should' : ''}.`,
      ),
    ...steps.flatMap((one) =>
      one.expected && cameOf(one.grade) && !one.person
        ? [`"${one.what}" did what it should: ${expectedLine(one.expected)}: ${seenLine(one)}.`]
        : [],
    ),
    ...(verified ? [`Verified by ${count(verified.facts.metrics.length, 'metric')} back at baseline.`] : []),
  ];
}

/** What did not. Pure. */
export function failedOf({ entries, actions, approvals, steps }: Recorded): string[] {
  return [
    ...entries.flatMap((one) => (one.kind === 'unmended' ? [`It did not help: ${one.facts.because}`] : [])),
    ...actions.flatMap(wentWrong),
    ...steps.flatMap((one) =>
      one.expected && one.grade === 'not'
        ? [`"${one.what}" did not do what it should: ${expectedLine(one.expected)}: ${seenLine(one)}.`]
        : [],
    ),
    ...approvals
      .filter((one) => one.status === 'approved' && waited(one) > slowAnswer)
      .map((one) => `"${one.question.what}" waited ${duration(waited(one))} for an answer.`),
    ...entries.flatMap(outOfHand),
    ...unread(entries).map((one) => `Not read: ${notRead(one)}`),
  ];
}

/** What to change, each a sentence that says because of what. Pure. */
export function changesOf(recorded: Recorded): string[] {
  const { incident, entries, actions, approvals, seen, service } = recorded;
  return [
    ...missingKnowledge(recorded),
    ...tooLate(recorded.signals, seen.unusualSince),
    ...entries.flatMap((one) => {
      if (one.kind === 'escalated')
        return [`Let the workers go on, or ask sooner, where this happens: ${one.facts.because}`];
      if (one.kind === 'chosen')
        return [`Find out why the rules named another cause first than "${one.facts.says}".`];
      if (one.kind === 'wrong-cause')
        return ['Find out why the rules named the wrong cause, and what would have told it.'];
      if (one.kind === 'skipped')
        return [`Say in the runbook when "${one.facts.what}" is not wanted, or take it out.`];
      return [];
    }),
    ...actions
      .filter(unexpected)
      .map(
        ({ question }) =>
          `"${question.what}" had not the effect expected (${question.expected}) Look at that step.`,
      ),
    ...approvals.flatMap(slowly),
    ...[...new Set(unread(entries).map(({ source }) => source))].map(
      (source) => `See that ${source} can be read: without it the cause was judged on less.`,
    ),
    ...overdue(service?.slaMinutes, incident.openedAt, mendedAt(recorded)),
  ];
}

function cameOf(grade: StepRow['grade']): boolean {
  return grade === 'as-expected' || grade === 'better';
}

function missingKnowledge({ incident: { cause, runbook }, runbooks }: Recorded): string[] {
  if (!cause || cause.kind === unknown)
    return ['Teach the workers to know this failure: no known cause fitted.'];
  if (runbook || runbookFor(runbooks, 'mends', cause.kind)) return [];
  return [`Write a runbook for ${cause.kind}: there is none.`];
}

function tooLate(signals: Recorded['signals'], unusualSince: Date | null): string[] {
  const first = signals[0]?.raisedAt;
  if (!first || !unusualSince) return [];
  const late = (first.getTime() - unusualSince.getTime()) / 1_000;
  return late >= lateSignal
    ? [`Notice it sooner: the metric was unusual for ${duration(late)} before the first signal.`]
    : [];
}

function slowly(approval: Approval): string[] {
  const what = `"${approval.question.what}"`;
  if (approval.status === 'lapsed') return [`See that somebody answers: nobody decided on ${what} in time.`];
  if (approval.status === 'rejected') return [`See why ${what} was put forward: it was rejected.`];
  if (approval.status !== 'approved' || waited(approval) <= slowAnswer) return [];
  return [`Answer sooner, or let it be done without asking: ${what} waited ${duration(waited(approval))}.`];
}

function overdue(limit: number | undefined, from: Date, until: Date | undefined): string[] {
  if (limit === undefined || !until) return [];
  const minutes = (until.getTime() - from.getTime()) / 60_000;
  return minutes > limit
    ? [`Mend it within the agreed ${limit} min: it took ${duration(minutes * 60)}.`]
    : [];
}

/** Seconds from the question to its last answer. */
function waited({ askedAt, answers }: Approval): number {
  const last = answers.at(-1)?.at ?? askedAt;
  return Math.max(0, (last.getTime() - askedAt.getTime()) / 1_000);
}

function wentWrong(action: Action): string[] {
  const what = `"${action.question.what}"`;
  if (action.undoes)
    return [
      ran(action) ? `Rolled back: ${what}: ${action.status}.` : `Not rolled back: ${what}: ${action.status}.`,
    ];
  if (action.status === 'done') return unexpected(action) ? [`${what} did not help.`] : [];
  if (action.status === 'ready' || action.status === 'waiting' || action.status === 'running') return [];
  return [`${what}: ${action.status}.`];
}

function unexpected({ health, status, undoes }: Action): boolean {
  return !undoes && status === 'done' && (health === 'same' || health === 'worse');
}

function outOfHand(entry: Logged): string[] {
  switch (entry.kind) {
    case 'escalated':
      return [`Escalated: ${entry.facts.because}`];
    case 'chosen':
      return [`The cause named first was not it: a person chose "${entry.facts.says}".`];
    case 'wrong-cause':
      return [`The cause was called wrong: ${entry.facts.why}`];
    case 'skipped':
      return [`"${entry.facts.what}" was skipped by a person.`];
    default:
      return [];
  }
}

function unread(entries: Logged[]) {
  return foundIn(entries).evidence.filter(({ read }) => !read);
}

function isKnown({ incident: { cause } }: Recorded): boolean {
  return cause !== null && cause.kind !== unknown;
}

function has(entries: Logged[], kind: Logged['kind']): boolean {
  return entries.some((one) => one.kind === kind);
}

function since(from: Date, to: Date): string {
  return duration((to.getTime() - from.getTime()) / 1_000);
}

function count(many: number, of: string): string {
  return `${many} ${of}${many === 1 ? '' : 's'}`;
}
