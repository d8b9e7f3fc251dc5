// Change records: what ServiceNow and Jira are told of every executed change, and whether they know it yet.
// Not what is decided or run: the gateway does that, and passes every change by here.
import type { ActionId } from '../ids.ts';

export type SystemName = 'servicenow' | 'jira';

/**
 * How far a record is to be, or is. *never*: the tool was not called after all, so there is none, or it says so.
 * *undone*: closed, and another change rolled it back.
 */
export type Stage = 'opened' | 'running' | 'closed' | 'undone' | 'never';

/** One row for each action and system. */
export interface Row {
  action: ActionId;
  system: SystemName;
  wanted: Stage;
  told: Stage | 'nothing';
  /** It was asked for in the system before: it is looked for before it is made. */
  askedFor: boolean;
  opened: Opened | null;
  tries: number;
}

/** A record in a system outside. */
export interface Opened {
  /** As the system itself calls it. */
  id: string;
  /** As people call it: `CHG0030001`, `OPS-12`. */
  number: string;
  /** Where people read it. */
  url: string;
}

/** What a record says when it is opened. Plain text: it holds words of workers and of systems. */
export interface Draft {
  /** Its record is found by this again; the same for every try. */
  correlation: string;
  title: string;
  lines: string[];
  why: string;
  rollback: string;
  risk: 'low' | 'medium' | 'high';
  planned: { from: Date; to: Date };
}

export type Outcome = 'successful' | 'failed' | 'indeterminate' | 'cancelled' | 'never';

/** What is added to a record. */
export interface Note {
  lines: string[];
  /** Stands in what is added, so that it is found again and not added twice. */
  mark: string;
}

export interface Closing extends Note {
  outcome: Outcome;
  began: Date;
  ended: Date;
}

/** What a system did not take, as a sentence, although it has the words; undefined when it took all. */
export type Shortfall = string | undefined;

/** A system that keeps change records. Its methods throw `SystemFailed`; all but `open` are safe to call twice. */
export interface ChangeSystem {
  name: SystemName;
  /** `ServiceNow` */
  called: string;
  /** The settings that let us in, for who must correct them. */
  credentials: string;
  find(correlation: string): Promise<Opened | undefined>;
  open(draft: Draft): Promise<Opened>;
  begin(opened: Opened, note: Note): Promise<Shortfall>;
  close(opened: Opened, closing: Closing): Promise<Shortfall>;
  /** Says on a closed record that another change rolled it back. */
  undo(opened: Opened, closing: Closing): Promise<Shortfall>;
}
