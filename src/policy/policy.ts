import { z } from 'zod';
import { partBudgets } from '../budgets/budget.ts';
import { archetypes, type Facts, kinds, modes, type Said } from './facts.ts';
import { lacksCurrency, limitsSchema, looserBudgets } from './limits.ts';

const roles = z.array(z.string().regex(/^[a-z][a-z0-9-]*$/)).min(1);

/** Who must answer and in what time. Every seat is taken by a person of its own. */
const terms = z.strictObject({
  seats: z.array(roles).min(1).max(5),
  minutes: z.number().positive(),
  /** The roles asked next when nobody answered, once and for as long again. */
  next: roles.optional(),
  /** The first to approve types the target's name. */
  type_target: z.boolean().default(false),
});
export type Terms = z.output<typeof terms>;

const bar = z.strictObject({ execute: z.number().min(0.5).max(1), notify: z.number().min(0).max(1) });

/** What a condition may look at; all that are named must hold. */
const when = z.strictObject({
  tool: z.string().optional(),
  risk: z.enum(['low', 'medium', 'high']).optional(),
  class: z.string().optional(),
  environment: z.string().optional(),
  service: z.string().optional(),
});

/** An addition can only make a decision stricter: `allow` is none. */
const addition = z.strictObject({
  when,
  at_least: z.enum(['notify', 'ask', 'refuse']),
  because: z.string().min(1),
});

const recorded = z.enum(['when-possible', 'required']);

const freeze = z.strictObject({
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  services: z.array(z.string()).optional(),
  because: z.string().min(1),
});

export const policySchema = z
  .strictObject({
    version: z.string().min(1),
    confidence: z.strictObject({
      default: bar,
      tools: z.record(z.string(), bar).default({}),
      classes: z.record(z.string(), bar).default({}),
    }),
    risk: z.strictObject({
      low: z.enum(kinds),
      medium: z.enum(['ask', 'refuse']),
      high: z.enum(['ask', 'refuse']),
    }),
    ask: z.strictObject({ low: terms, medium: terms, high: terms }),
    rollout: z.strictObject({
      trial: z.enum(modes),
      real: z.enum(modes),
      workers: z.record(z.string(), z.enum(modes)).default({}),
    }),
    outside_windows: z.strictObject({
      low: z.enum(kinds),
      medium: z.enum(kinds),
      high: z.enum(['ask', 'refuse']),
    }),
    freezes: z.array(freeze).default([]),
    rules: z.array(addition).default([]),
    units: z
      .record(
        z.string(),
        z.strictObject({
          confidence: bar.optional(),
          rules: z.array(addition).default([]),
          budgets: partBudgets.optional(),
        }),
      )
      .default({}),
    teams: z.record(z.string(), z.strictObject({ archetype: z.enum(archetypes) })).default({}),
    limits: limitsSchema,
    breaker: z.strictObject({ window: z.number().int().min(2), failures: z.number().int().min(1) }),
    /** *required*: a change begins only once its change record is open; nothing said is *when-possible*. */
    change_records: z
      .strictObject({
        default: recorded.default('when-possible'),
        classes: z.record(z.string(), recorded).optional(),
      })
      .optional(),
  })
  .superRefine((policy, context) => {
    const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const path of looser(policy)) say(path, tooLoose('confidence.default'));
    for (const path of looserBudgets(policy)) say(path, tooLoose('limits.budgets'));
    if (lacksCurrency(policy))
      say(['limits', 'budgets', 'currency'], 'missing, and money is counted: name one such as EUR');
  });
export type Policy = z.output<typeof policySchema>;
export type Addition = z.output<typeof addition>;
export type Bar = z.output<typeof bar>;

/** What a rule is: pure, and always with something to say. */
export type Rule = (facts: Facts, policy: Policy) => Said;

const tooLoose = (than: string) => `looser than ${than}, and a business unit may only be stricter`;

/** Where a part of the policy loosens what the whole says. */
function looser({
  confidence,
  units,
}: {
  confidence: { default: Bar };
  units: Record<string, { confidence?: Bar | undefined }>;
}): string[][] {
  const { execute, notify } = confidence.default;
  return Object.entries(units).flatMap(([unit, { confidence: own }]) => {
    if (!own || (own.execute >= execute && own.notify >= notify)) return [];
    return [['units', unit, 'confidence']];
  });
}

/** Whether an addition speaks of these facts. */
export function appliesTo({ when: asked }: Addition, { tool, target }: Facts): boolean {
  const named: [string | undefined, string | string[] | undefined][] = [
    [asked.tool, tool.name],
    [asked.risk, tool.risk],
    [asked.class, target.class],
    [asked.environment, target.environment],
    [asked.service, target.services],
  ];
  return named.every(
    ([wanted, found]) =>
      wanted === undefined || (Array.isArray(found) ? found.includes(wanted) : found === wanted),
  );
}
