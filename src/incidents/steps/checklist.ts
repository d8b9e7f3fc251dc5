import type { PersonId } from '../../ids.ts';

/** What a step was to bring about, what was seen instead, what it printed, and what is left to do. */
export interface Stopped {
  step: number;
  what: string;
  expected: string;
  seen: string;
  output: string | null;
  left: string[];
}

/** A runbook in words, as somebody took it to go through by hand. */
export interface Checklist {
  person: PersonId;
  runbook: string;
  version: number;
  title: string;
  since: number;
  /** How it is undone as a whole, where the runbook says. */
  rollback: string | null;
  steps: StepInWords[];
}

/** One step as a person reads it. */
export interface StepInWords {
  what: string;
  tool: string;
  /** As JSON. */
  arguments: string;
  requires: string[];
  expect: string;
  /** What is looked for by the metrics, and how soon. */
  effect: string | null;
  rollback: string | null;
}
