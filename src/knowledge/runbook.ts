// Knowledge: what is known about mending things: runbooks, and later past incidents and lessons.
// Not where a step runs: every step is an action that goes through the gateway.
import { z } from 'zod';

const placeholders = ['service', 'server', 'previous_version', 'version'] as const;
type Placeholder = (typeof placeholders)[number];

/** What a runbook's arguments may be filled from, found by the diagnosis. */
export type Known = Partial<Record<Placeholder, string>>;

/** What must be so right before a step runs: a watched metric of a service or server, as usual or not. */
const requirement = z.strictObject({
  metric: z.string().min(1),
  of: z.string().min(1),
  is: z.enum(['usual', 'unusual']),
});
export type Requirement = z.infer<typeof requirement>;

const step = z.strictObject({
  tool: z.string().min(1),
  arguments: z.record(z.string(), z.string()),
  requires: z.array(requirement).min(1).optional(),
  expect: z.string().min(1),
});

export const runbookSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    version: z.number().int().positive(),
    title: z.string().min(1),
    /** The kind of cause it mends. */
    mends: z.string().min(1).optional(),
    /** The kind of cause it prevents while that is only foretold; its steps are always asked for. */
    prevents: z.string().min(1).optional(),
    /** The classes of servers it is for; all of them unless it says. */
    on: z.array(z.string().min(1)).min(1).optional(),
    steps: z.array(step).min(1),
  })
  .refine(
    ({ mends, prevents }) => (mends ?? prevents) !== undefined,
    'says neither what it mends nor prevents',
  );

export type Runbook = z.infer<typeof runbookSchema>;
export type Step = z.infer<typeof step>;

export type Filled =
  | { kind: 'filled'; arguments: Record<string, string>; expect: string }
  | { kind: 'unknown'; because: string };

/** Fills a step's `{placeholders}` from what is known. Pure; a missing fact is a reason to ask a person. */
export function fill(step: Step, known: Known): Filled {
  const missing = new Set<string>();
  const filled = Object.fromEntries(
    Object.entries(step.arguments).map(([name, text]) => [name, put(text, known, missing)]),
  );
  const expect = put(step.expect, known, missing);
  for (const { of } of step.requires ?? []) put(of, known, missing);
  if (missing.size === 0) return { kind: 'filled', arguments: filled, expect };
  return {
    kind: 'unknown',
    because: `The step ${step.tool} needs ${[...missing].join(' and ')}, which was not found.`,
  };
}

/** A text with its `{placeholders}` filled from what is known; those that are not are left out, and added to `missing`. Pure. */
export function put(text: string, known: Known, missing: Set<string> = new Set()): string {
  return text.replace(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = known[name as Placeholder];
    if (value === undefined) missing.add(name);
    return value ?? '';
  });
}

/** What is wrong inside a runbook, each a sentence; none when it can be followed. Pure. */
export function objections(runbook: Runbook): string[] {
  return [...unknownPlaceholders(runbook), ...runbook.steps.flatMap((one) => unchecked(one, runbook))];
}

const restarts = /^(re)?(start|boot|set)-(service|server|database)$/;

/** A database that is restarted while its replica lags loses what the replica has not got. */
function unchecked({ tool, requires = [] }: Step, { on }: Runbook): string[] {
  const checks = requires.some(({ metric, is }) => metric === 'replication_lag' && is === 'usual');
  if (!restarts.test(tool) || checks || (on && !on.includes('db'))) return [];
  return [
    `${tool} may restart a database without a look at its replication: wanted requires: [{ metric: replication_lag, of: "{server}", is: usual }] before it, or on: without db.`,
  ];
}

/** Placeholders no diagnosis ever fills, each a sentence; none when the runbook can be filled. */
function unknownPlaceholders({ steps }: Runbook): string[] {
  const used = steps.flatMap(
    (one) =>
      [...Object.values(one.arguments), one.expect, ...(one.requires ?? []).map(({ of }) => of)]
        .join(' ')
        .match(/\{[^}]*\}/g) ?? [],
  );
  const known: string[] = placeholders.map((name) => `{${name}}`);
  return [...new Set(used)]
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is not known: wanted one of ${known.join(', ')}.`);
}

/** The runbook that mends or prevents a kind of cause, when there is one. */
export function runbookFor(
  runbooks: Runbook[],
  does: 'mends' | 'prevents',
  cause: string,
): Runbook | undefined {
  return runbooks.find((one) => one[does] === cause);
}
