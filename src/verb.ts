// What a verb of the command line is.
import type { ParseArgsConfig } from 'node:util';
import type { Answer } from './operator.ts';
import type { Ask } from './reach.ts';
import type { Settings } from './settings.ts';

export interface Given {
  values: Record<string, string | boolean | undefined>;
  /** What stands after the verb. */
  rest: string[];
  /** Where the manifests lie. */
  manifests(): string;
  /** The environment, parsed. Throws what is wrong with it. */
  settings(): Settings;
  /** Tells how far it is, on standard error. */
  say(line: string): void;
  /** Asks the running app, or the database itself. */
  ask<T>(question: Parameters<Ask>, use: (answer: Answer) => Promise<T>): Promise<T>;
}

/** What to print, and with which exit code: 0 all is well, 1 something was found, 2 used wrongly. */
export interface Said {
  code: 0 | 1 | 2;
  text: string;
}

export interface Verb {
  /** After `npm run roster -- `. */
  name: string;
  /** One line for the list of verbs. */
  does: string;
  /** The whole help. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  run(given: Given): Promise<Said>;
}

/** Used wrongly, in one sentence. */
export function wrong(because: string): Said {
  return { code: 2, text: because };
}

/** An option's text; undefined when it was not given. */
export function textOf({ values }: Given, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
