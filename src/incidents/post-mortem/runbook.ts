// A runbook put forward from what was done and helped. Only put forward: a person other than who adopts it approves.
import type { Action } from '../../actions/action.ts';
import { contentsDigest } from '../../charter/force.ts';
import { server as findServer, type Inventory } from '../../inventory/inventory.ts';
import {
  type Known,
  objectionsTo,
  type Runbook,
  runbookFor,
  runbookSchema,
  type Step,
} from '../../knowledge/runbook.ts';
import type { Incident, Logged } from '../incident.ts';
import { unknown } from '../locate.ts';

interface Done {
  incident: Pick<Incident, 'service' | 'cause' | 'openedAt'>;
  entries: Logged[];
  /** What was proposed on the incident. */
  actions: Action[];
  /** What people asked workers for in that time, of whatever incident. */
  asked: Action[];
  runbooks: Runbook[];
  inventory: Inventory;
  /** What is watched: a runbook can look only at that. */
  metrics: { name: string }[];
}

export type Put =
  | { kind: 'proposal'; runbook: Runbook; was: Runbook | null; because: string }
  | { kind: 'none'; because: string };

/** The runbook that would do what mended this incident; none where that is what the one in force says. Pure. */
export function proposalOf(done: Done): Put {
  const { incident, runbooks, inventory, metrics, entries } = done;
  const { cause } = incident;
  if (!cause || cause.kind === unknown) return none('The cause is of no kind that a runbook could be for.');
  if (entries.some(({ kind }) => kind === 'wrong-cause')) return none('The cause was called wrong.');
  const known: Known = { service: incident.service, ...cause.known };
  const helped = helpedOf(done, known);
  if (helped.length === 0) return none('Nothing ran that a runbook could have.');
  const was = runbookFor(runbooks, 'mends', cause.kind) ?? null;
  const steps = helped.map((action) => stepOf(action, known, was));
  const lost = steps.find((one) => one === undefined || namesPlace(one, inventory));
  if (lost !== undefined || steps.includes(undefined))
    return none('What was done names something that the diagnosis did not: a runbook could not find it.');
  const whole = steps.filter((one) => one !== undefined);
  if (was && sameSteps(whole, was.steps)) return none(`It is what the runbook ${was.id} says.`);
  const parsed = runbookSchema.safeParse(
    newRunbook(whole, { kind: cause.kind, known, was, runbooks, inventory }),
  );
  if (!parsed.success) return none('What was done does not make a runbook.');
  const [wrong] = objectionsTo(parsed.data, metrics);
  if (wrong) return none(wrong);
  return { kind: 'proposal', runbook: parsed.data, was, because: why(done, helped, was) };
}

/** What a runbook does, whatever its version and title: by it the same is known again. */
export function contentOf({ id: _, version: __, title: ___, ...does }: Runbook): string {
  return contentsDigest(does);
}

/** Those that ran, were not undone and are not known to have been of no help; the first first. */
function helpedOf({ incident, entries, actions, asked }: Done, known: Known): Action[] {
  const verified = entries.find(({ kind }) => kind === 'verified')?.at;
  if (!verified) return [];
  const undone = actions
    .filter(({ undoes, status }) => undoes && status === 'done')
    .map(({ undoes }) => undoes);
  const places = [known.service, known.server];
  const meanwhile = asked.filter(
    ({ incident: of, startedAt, arguments: given, tool }) =>
      of === null &&
      tool !== 'adopt' &&
      startedAt !== null &&
      startedAt >= incident.openedAt &&
      startedAt <= verified &&
      Object.values(given as object).some((value) => places.includes(value)),
  );
  return [...actions.filter(({ undoes }) => !undoes), ...meanwhile]
    .filter(
      ({ id, status, health }) =>
        status === 'done' && health !== 'same' && health !== 'worse' && !undone.includes(id),
    )
    .sort((a, b) => (a.startedAt?.getTime() ?? 0) - (b.startedAt?.getTime() ?? 0));
}

/** A deed as a step: what the diagnosis knew becomes a placeholder. Undefined where an argument is no text. */
function stepOf({ tool, arguments: given }: Action, known: Known, was: Runbook | null): Step | undefined {
  const pairs = Object.entries(given as Record<string, unknown>);
  if (pairs.some(([, value]) => typeof value !== 'string')) return undefined;
  const names = Object.entries(known);
  const filled = pairs.map(([name, value]) => {
    const placeholder = names.find(([, is]) => is === value)?.[0];
    return [name, placeholder ? `{${placeholder}}` : String(value)];
  });
  const step = { tool, arguments: Object.fromEntries(filled) };
  const before = was?.steps.find((one) => sameSteps([step], [one]));
  return before ?? { ...step, expect: 'All that was unusual is back to usual.' };
}

function namesPlace({ arguments: given }: Step, { servers, services }: Inventory): boolean {
  const ids = [...servers, ...services].map(({ id }) => id);
  return Object.values(given).some((value) => ids.includes(value));
}

type Does = Pick<Step, 'tool' | 'arguments'>;

function sameSteps(one: Does[], other: Does[]): boolean {
  const does = (steps: Does[]) =>
    contentsDigest(steps.map(({ tool, arguments: given }) => ({ tool, given })));
  return does(one) === does(other);
}

interface About {
  kind: string;
  known: Known;
  was: Runbook | null;
  runbooks: Runbook[];
  inventory: Inventory;
}

function newRunbook(steps: Step[], { kind, known, was, runbooks, inventory }: About): unknown {
  if (was) return { ...was, version: was.version + 1, steps };
  const id = kind.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const on = known.server && findServer(inventory, known.server)?.class;
  return {
    id: runbooks.some((one) => one.id === id) ? `mend-${id}` : id,
    version: 1,
    title: `Mend ${kind.replaceAll('-', ' ')}`,
    mends: kind,
    ...(on && { on: [on] }),
    steps,
  };
}

function why({ entries, asked }: Done, helped: Action[], was: Runbook | null): string {
  if (!was) return 'There is no runbook for this kind of cause, and this mended it.';
  if (entries.some(({ kind }) => kind === 'unmended')) return 'The runbook did not help, and this did.';
  if (helped.some((one) => asked.includes(one))) return 'People had more done than the runbook says.';
  if (entries.some(({ kind }) => kind === 'skipped'))
    return 'A step was skipped, and it was mended all the same.';
  return 'It was mended by other steps than the runbook has.';
}

function none(because: string): Put {
  return { kind: 'none', because };
}
