// Steps of a runbook: whose the next one is, what each is to bring about, and whether that was seen.
// Not where a worker does one: that is an action; a person's own deed is only written down here.
import type { ActionId, IncidentId, PersonId } from '../../ids.ts';
import type { Effect, Known } from '../../knowledge/runbook.ts';
import { duration } from '../../monitoring/duration.ts';
import { brief, isUsual, type Reading } from '../../monitoring/reading.ts';
import type { Incident } from '../incident.ts';

/** What a step is to bring about, of a series. */
export interface Expected extends Pick<Effect, 'metric' | 'becomes' | 'withinMs'> {
  /** What the metric is called for people. */
  says: string;
  subject: string;
}

/** `better`: it came, and more than was expected of the step. */
export type Grade = 'as-expected' | 'better' | 'not';

export interface Seen {
  value: number;
  usual: number;
  z: number;
}

/** What a step requires, as it was read when the step came up: a sentence, and whether it was so. */
export interface Check {
  says: string;
  met: boolean;
}

/** One step of a runbook as it was gone through. */
export interface StepRow {
  incident: IncidentId;
  attempt: number;
  /** From 0. */
  step: number;
  runbook: string;
  version: number;
  tool: string;
  what: string;
  state: 'due' | 'done' | 'skipped';
  /** A worker's deed; null for a person's own. */
  action: ActionId | null;
  person: PersonId | null;
  /** What the person says of it. */
  words: string | null;
  expected: Expected | null;
  /** How far off the expected series was when the step came up. */
  before: number | null;
  checks: Check[];
  dueAt: Date;
  doneAt: Date | null;
  grade: Grade | null;
  /** What was read when it was graded; null where it could not be. */
  seen: Seen | null;
  /** Seconds from the step's end to then. */
  seenAfter: number | null;
}

/** What a step is graded by. */
export interface Around {
  reading: Reading | undefined;
  /** Everything that raised the incident's signals is as usual. */
  allUsual: boolean;
  /** How many steps come after it. */
  left: number;
  /** Since the step was done. */
  elapsedMs: number;
}

/** Whether what a step was to bring about has come; undefined while there is still time for it. Pure. */
export function gradeOf(
  { expected, before }: { expected: Expected; before: number | null },
  { reading, allUsual, left, elapsedMs }: Around,
): Grade | undefined {
  const usual = reading !== undefined && isUsual(reading);
  const nearer = reading !== undefined && before !== null && reading.z <= before / 2;
  const came = expected.becomes === 'usual' ? usual : usual || nearer;
  if (!came) return elapsedMs >= expected.withinMs ? 'not' : undefined;
  const more = expected.becomes === 'nearer' ? usual : left > 0 && allUsual;
  return more ? 'better' : 'as-expected';
}

/** The reading of a series; of one that has parts the worst. Pure. */
export function readingOf(
  { metric, subject }: Pick<Expected, 'metric' | 'subject'>,
  readings: Reading[],
): Reading | undefined {
  const its = readings.filter(
    (one) => one.subject === subject && (one.metric === metric || one.metric.startsWith(`${metric} `)),
  );
  return its.toSorted((a, b) => b.z - a.z)[0];
}

/** "available memory of app-03 back to usual within 2 min". Pure. */
export function expectedLine({ says, subject, becomes, withinMs }: Expected): string {
  const how = becomes === 'usual' ? 'back to usual' : 'nearer to usual';
  return `${says} of ${subject} ${how} within ${duration(withinMs / 1_000)}`;
}

/** Whether it came, as people read it: "yes, after 41 s". Pure. */
export function seenLine({ grade, seen, seenAfter }: Pick<StepRow, 'grade' | 'seen' | 'seenAfter'>): string {
  const after = duration(seenAfter ?? 0);
  switch (grade) {
    case null:
      return 'not yet';
    case 'as-expected':
      return `yes, after ${after}`;
    case 'better':
      return `yes and more than that, after ${after}`;
    case 'not':
      return seen
        ? `no, after ${after} it was ${brief(seen.value)}, usually ${brief(seen.usual)} (${seen.z.toFixed(1)} σ)`
        : `no, after ${after} it could not be read`;
  }
}

/** What steps are filled from: what a person named with the runbook, else what was found. */
export function knownOf({ runbook, cause }: Pick<Incident, 'runbook' | 'cause'>): Known | undefined {
  return runbook?.picked?.known ?? cause?.known;
}

/** Whose the step is that is next: a person's by hand, unless they gave that one to a worker. Pure. */
export function handOf({ runbook }: Pick<Incident, 'runbook'>): PersonId | undefined {
  return runbook?.lent === runbook?.step ? undefined : runbook?.by;
}
