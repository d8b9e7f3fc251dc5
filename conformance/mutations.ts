import fc from 'fast-check';
import { sql } from 'kysely';
import type { Gateway } from '../src/actions/gateway.ts';
import type { ActionId } from '../src/ids.ts';
import type { Policy } from '../src/policy/policy.ts';
import type { Class } from './class.ts';
import { askFor, charterOf, type Desk, onCall, policy, tryAdvance, violation } from './desk.ts';

interface Case {
  mutation: (typeof mutations)[number];
  /** What the change is to, where it takes a value. */
  value: string;
  /** Changed before anybody approved, or after. */
  when: 'before' | 'after';
  /** How many jobs want to run it at once. */
  jobs: number;
}

const mutations = [
  'nothing',
  'arguments',
  'tool',
  'tool version',
  'target',
  'policy version',
  'policy rules',
  'policy contents',
  'charter version',
  'charter contents',
  'charter forbids',
  'approver group',
  'approver group and version',
  'relied on',
] as const;

/** What was approved changes before it runs: then it is not run on that approval. */
export const changed: Class<Case> = {
  name: 'mutations',
  tries: { quick: 120, whole: 10_000 },
  cases: fc.record({
    mutation: fc.constantFrom(...mutations),
    value: fc.string({ minLength: 1, maxLength: 12 }).map((text) => `b${text.replaceAll('\0', '')}`),
    when: fc.constantFrom('before', 'after'),
    jobs: fc.integer({ min: 1, max: 3 }),
  }),
  always: mutations.map((mutation) => ({ mutation, value: 'b', when: 'after', jobs: 2 })),
  attempt: async (desk, { mutation, value, when, jobs }) => {
    const { id, approval } = await askFor(desk);
    let gateway = desk.gateway;
    if (when === 'before') gateway = await mutate(desk, id, mutation, value);
    await desk.says(approval.id, onCall);
    if (when === 'after') gateway = await mutate(desk, id, mutation, value);
    await Promise.all(Array.from({ length: jobs }, () => tryAdvance(gateway, id)));
    await desk.says(approval.id, onCall);
    await tryAdvance(gateway, id);
    const effects = desk.effects(id).length;
    if (mutation === 'nothing')
      return effects === 1 ? violation(desk, id) : `Unchanged, it ran ${effects} times.`;
    return effects === 0 ? undefined : `It ran although its ${mutation} had changed.`;
  },
};

async function mutate(desk: Desk, id: ActionId, mutation: Case['mutation'], value: string): Promise<Gateway> {
  const { gateway } = desk;
  const { db } = gateway;
  const withTool = (changed: Parameters<Desk['tool']>[0]): Gateway => ({
    ...gateway,
    tools: [desk.tool(changed)],
  });
  const tool = { name: 'roll-back', risk: 'medium' as const };
  switch (mutation) {
    case 'nothing':
      return gateway;
    case 'arguments':
      await sql`update action set arguments = jsonb_set(arguments, '{value}', ${JSON.stringify(value)}::jsonb)
        where id = ${id}`.execute(db);
      return gateway;
    case 'tool':
      await sql`update action set tool = 'drop' where id = ${id}`.execute(db);
      return gateway;
    case 'tool version':
      return withTool({ ...tool, version: 2 });
    case 'target':
      return withTool({ ...tool, target: () => value });
    case 'relied on':
      return withTool({ ...tool, reliesOn: async () => ({ version: value }) });
    case 'policy version':
      return { ...gateway, policy: { ...policy, version: value } };
    case 'policy rules':
      return { ...gateway, policy: { ...policy, rules: [refusing(value)] } };
    // The same version, and a difference that decides nothing.
    case 'policy contents':
      return { ...gateway, policy: { ...policy, breaker: { window: 11, failures: 11 } } };
    case 'charter contents':
      return { ...gateway, charterOf: (worker) => ({ ...charterOf(worker), role: `${value} worker` }) };
    case 'approver group':
      return { ...gateway, policy: { ...policy, ask: { ...policy.ask, medium: others } } };
    case 'approver group and version':
      return { ...gateway, policy: { ...policy, version: value, ask: { ...policy.ask, medium: others } } };
    case 'charter version':
      return { ...gateway, charterOf: (worker) => ({ ...charterOf(worker), version: 2 }) };
    case 'charter forbids': {
      const authority = { autonomous: [], notify: [], ask: [], never: ['roll-back'] };
      return { ...gateway, charterOf: (worker) => ({ ...charterOf(worker), authority }) };
    }
  }
}

const others: Policy['ask']['medium'] = { seats: [['security']], minutes: 240, type_target: false };

function refusing(because: string): Policy['rules'][number] {
  return { when: { tool: 'roll-back' }, at_least: 'refuse', because };
}
