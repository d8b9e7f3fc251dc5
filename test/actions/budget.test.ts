import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { propose } from '../../src/actions/propose.ts';
import { approvalCard } from '../../src/approvals/card.ts';
import type { Budgets } from '../../src/budgets/budget.ts';
import type { ActionId } from '../../src/ids.ts';
import type { Archetype } from '../../src/policy/facts.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { databases } from '../databases.ts';
import { deed, newIncident, openStory, type Story } from './story.ts';

let story: Story;
beforeAll(async () => {
  const some = databases.findLast(({ available }) => available);
  if (some) story = await openStory(await some.open());
});
beforeEach(() => sql`truncate budget_used, budget_reserved`.execute(story.gateway.db));
afterAll(() => story?.close());

const restarts = { name: 'restart-service', cost: () => ({ tokens: 400, money: 30 }) };

/** A gateway under this policy, of a company whose only service is the shop's, where each restart has its price. */
function under(changed: Partial<Policy>): Gateway {
  const { gateway, outside } = story;
  const shop = { id: 'checkout', name: 'Checkout', team: 'shop', owner: 'p-lead', criticality: 1 as const };
  return {
    ...gateway,
    tools: [outside.tool(restarts), outside.tool({ ...restarts, name: 'roll-back', risk: 'medium' })],
    policy: { ...gateway.policy, ...changed },
    inventory: {
      servers: [{ id: 'web-1', class: 'web', environment: 'production', services: ['checkout'] }],
      services: [{ ...shop, dependsOn: [], revenuePerMinute: 0, windows: [] }] as never,
    },
  };
}
function budgeted(budgets: Budgets, units: Policy['units'] = {}): Gateway {
  const { limits } = story.gateway.policy;
  const whole = { currency: 'EUR', worker_day: { calls: 1_000 }, ...budgets } as Policy['limits']['budgets'];
  return under({ limits: { ...limits, budgets: whole }, units });
}
async function tried(gateway: Gateway, changed: Partial<Parameters<typeof deed>[0]> = {}) {
  const id = await propose(gateway, deed(changed));
  await advance(gateway, id);
  const { status, output } = (await story.action(id)) ?? {};
  return { id, status, output };
}

describe('what a deed takes', () => {
  test('is reserved before it runs: the next of the same incident is refused, of another it is not', async () => {
    const gateway = budgeted({ run: { money: 50 } });
    const incident = newIncident();
    expect((await tried(gateway, { incident })).status).toBe('done');
    const next = await tried(gateway, { incident, arguments: { server: 'web-2' } });
    expect(next).toMatchObject({
      status: 'refused',
      output:
        'This may take EUR 0.30 and only EUR 0.20 of the EUR 0.50 of this incident are left: have a person go on.',
    });
    expect(story.outside.begun(next.id)).toEqual([]);
    expect((await tried(gateway, { incident: newIncident() })).status).toBe('done');
    expect((await tried(gateway, { incident: null })).status).toBe('done');
  });

  test('counts against the lowest budget: that of a business unit holds on its services alone', async () => {
    const gateway = budgeted(
      { day: { tokens: 5_000 } },
      { shop: { rules: [], budgets: { day: { tokens: 700 } } } },
    );
    expect((await tried(gateway)).status).toBe('done');
    expect(await tried(gateway)).toMatchObject({
      status: 'refused',
      output: expect.stringMatching(
        /^This may take 400 tokens and only 300 tokens of the 700 tokens of the day/,
      ),
    });
    expect((await tried(gateway, { arguments: { server: 'elsewhere' } })).status).toBe('done');
  });

  test('was approved and finds no budget: it does not run, and its card says so in no green', async () => {
    const gateway = budgeted({ day: { money: 29 } });
    const { id } = await tried(gateway, { tool: 'roll-back' });
    await story.says(id, { kind: 'approve' });
    await advance(gateway, id);
    expect(story.outside.begun(id)).toEqual([]);
    const by = { name: 'Ada', role: 'Operations worker', avatar: ':owl:' };
    const card = approvalCard(await story.asked(id), { by, asks: [], links: [] });
    expect(card).toMatchObject({
      tone: 'neutral',
      title: 'Approved, but not run: Restart checkout on web-1',
    });
    expect(JSON.stringify(card.blocks)).toContain('only EUR 0.29 of the EUR 0.29 of the day of all workers');
  });
});

describe("a team's archetype", () => {
  const works = (archetype: Archetype) => under({ teams: { shop: { archetype } } });
  const asked = async (gateway: Gateway, id: ActionId) => {
    await advance(gateway, id);
    return (await story.asked(id)).terms.seats;
  };

  test('asks the lead of the team, who may answer, and nobody anew while it waits', async () => {
    const gateway = works('human-lead');
    const { id, status } = await tried(gateway);
    expect(status).toBe('waiting');
    const { id: before } = await story.asked(id);
    expect(await asked(gateway, id)).toEqual([['shop-lead', 'on-call']]);
    expect((await story.asked(id)).id).toBe(before);
    const lead = { id: 'p-shop' as never, roles: ['shop-lead'] };
    expect((await story.says(id, { kind: 'approve' }, lead)).kind).toBe('recorded');
    await advance(gateway, id);
    expect((await story.action(id))?.status).toBe('done');
  });

  test('that is chosen while a question is open asks those it names anew', async () => {
    const { id } = await tried(under({}), { tool: 'roll-back' });
    const before = await story.asked(id);
    expect(await asked(works('human-governance'), id)).toEqual([['governor']]);
    expect((await story.asked(id)).id).not.toBe(before.id);
  });

  test('asks whom it names also where another rule no longer asks', async () => {
    const gateway = works('human-lead');
    const { id } = await tried(gateway);
    const lenient = {
      ...gateway,
      policy: { ...gateway.policy, teams: { shop: { archetype: 'peers' as const } } },
    };
    expect(await asked(lenient, id)).toEqual([['on-call', 'governor']]);
    const { id: anew } = await story.asked(id);
    expect(await asked(lenient, id)).toEqual([['on-call', 'governor']]);
    expect((await story.asked(id)).id).toBe(anew);
  });
});
