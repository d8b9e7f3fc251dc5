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

/** What a step is to bring about, so that it can be graded: a watched metric that becomes usual, or at least comes nearer to it. */
const effect = z
  .strictObject({
    metric: z.string().min(1),
    of: z.string().min(1),
    becomes: z.enum(['usual', 'nearer']),
    within: z.string().regex(/^[1-9]\d{0,2}[sm]$/, 'wants a time such as 90s or 2m'),
  })
  .transform(({ within, ...rest }) => {
    return { ...rest, withinMs: Number.parseInt(within, 10) * (within.endsWith('m') ? 60_000 : 1_000) };
  });
export type Effect = z.infer<typeof effect>;

const step = z.strictObject({
  tool: z.string().min(1),
  arguments: z.record(z.string(), z.string()),
  requires: z.array(requirement).min(1).optional(),
  expect: z.string().min(1),
  effect: effect.optional(),
  /** How it is undone, as its tool must have it, and the sentence a card shows of that. */
  rollback: z.strictObject({ how: z.enum(['none', 'inverse']), says: z.string().min(1) }).optional(),
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
    /** Roles, or people by id, who may go through it by hand; whoever may step in unless it says. */
    who: z
      .array(z.string().regex(/^[a-z][a-z0-9-]*$/))
      .min(1)
      .optional(),
    /** How it is undone as a whole, in words, where the steps' tools do not. */
    rollback: z.string().min(1).optional(),
    /** For how long all must be as usual afterwards, and of which metrics: the site's time, and what raised its signals, unless it says. */
    verify: z
      .strictObject({
        minutes: z.number().min(5).max(15).optional(),
        metrics: z
          .array(z.strictObject({ metric: z.string().min(1), of: z.string().min(1) }))
          .min(1)
          .optional(),
      })
      .optional(),
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
  for (const { of } of [...(step.requires ?? []), ...(step.effect ? [step.effect] : [])])
    put(of, known, missing);
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

/** What no two runbooks may both be. */
export function claimsOf(one: Runbook): string[] {
  const does = (['mends', 'prevents'] as const).flatMap((what) =>
    one[what] ? [`what ${what} ${one[what]}`] : [],
  );
  return [`the id ${one.id}`, ...does];
}

/** The minutes that a site's verification takes where nothing is said: a runbook's own are long in proportion to them. */
const usualMinutes = 10;

/** How long all must stay usual after a runbook, in ms. A trial's window is shorter, and so is there what a runbook says. Pure. */
export function windowMs(runbook: Pick<Runbook, 'verify'> | undefined, siteMs: number): number {
  return ((runbook?.verify?.minutes ?? usualMinutes) / usualMinutes) * siteMs;
}

/** What is wrong with a runbook where these metrics are watched, each a sentence; none when it can be followed. Pure. */
export function objectionsTo(runbook: Runbook, watched: { name: string }[]): string[] {
  return [
    ...unknownPlaceholders(runbook),
    ...runbook.steps.flatMap((one) => unchecked(one, runbook)),
    ...unwatched(runbook, watched),
  ];
}

/** A runbook can look only at what is watched. */
function unwatched({ steps, verify }: Runbook, watched: { name: string }[]): string[] {
  const named = [
    ...steps.flatMap(({ requires = [] }) =>
      requires.map(({ metric }) => ({ metric, looks: 'a step requires' })),
    ),
    ...steps.flatMap(({ effect }) => (effect ? [{ ...effect, looks: 'a step expects something of' }] : [])),
    ...(verify?.metrics ?? []).map(({ metric }) => ({ metric, looks: 'it is verified by' })),
  ];
  return named
    .filter(({ metric }) => !watched.some(({ name }) => name === metric))
    .map(
      ({ metric, looks }) =>
        `${looks} the metric ${metric}, which nobody watches: wanted one of metrics.yaml.`,
    );
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
function unknownPlaceholders({ steps, verify, rollback = '' }: Runbook): string[] {
  const texts = steps.flatMap((one) => [
    ...[...Object.values(one.arguments), one.expect, one.effect?.of ?? '', one.rollback?.says ?? ''],
    ...(one.requires ?? []).map(({ of }) => of),
  ]);
  const besides = [rollback, ...(verify?.metrics ?? []).map(({ of }) => of)];
  const used = [...texts, ...besides].join(' ').match(/\{[^}]*\}/g) ?? [];
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
