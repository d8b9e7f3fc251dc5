import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Compliance, compliance, complianceTable } from '../../src/audit/compliance.ts';
import { moment } from '../../src/audit/told.ts';
import type { ActionId, PersonId, WorkerId } from '../../src/ids.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { cycles, lifeOf, write } from './told.ts';

describe.each(databases.filter(({ available }) => available))('report compliance on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    const by = { worker: 'ada' as WorkerId, charter: 'ada@1' };
    const alone = { action: 'act-alone' as ActionId };
    const facts = (target: string) => ({ facts: { target: { id: target } }, decision: { kind: 'allow' } });
    const versions = { policy: '3', tool: 'rotate-logs@1' };
    await write(database.db, [
      ...lifeOf('one'),
      ...cycles(3),
      { kind: 'action.proposed', by, about: alone, versions, facts: facts('db-1') },
      { kind: 'action.ended', by, about: alone, versions, facts: { status: 'done' } },
      { kind: 'incident.taken', by: { person: 'olga' as PersonId }, about: { service: 'checkout' } },
      { kind: 'mention.heard', by: { person: 'olga' as PersonId }, facts: { text: 'checkout?' } },
    ]);
  });
  afterAll(() => database.close());

  async function report(system: string, from = '2020-01-01', to = '2100-01-01'): Promise<Compliance> {
    return compliance(database.db, { system, from: moment(from) ?? '', until: moment(to, true) ?? '' });
  }

  test('of a service: who did what, who approved it and what came of it', async () => {
    const found = await report('checkout');
    expect(found).toMatchObject({
      deeds: [
        {
          action: 'act-one',
          charter: 'ada@1',
          tool: 'restart-service@2',
          policy: '3',
          target: 'checkout',
          decision: 'ask',
          answers: ['olga: approve'],
          outcome: 'done',
        },
      ],
      others: [{ kind: 'incident.taken', by: 'olga' }],
      totals: { deeds: 1, alone: 0, approved: 1, notRun: 0 },
    });
    const table = complianceTable(found);
    expect(table).toContain('1 deeds, 0 run alone, 1 run after approval, 0 not run.');
    expect(table).toMatch(/ada@1 +restart-service@2 +checkout +3 +ask +olga: approve +done +act-one/);
  });

  test('of a tool and of a server, and nothing where nothing was done', async () => {
    expect(await report('rotate-logs')).toMatchObject({
      deeds: [{ action: 'act-alone', target: 'db-1', decision: 'allow', answers: [], outcome: 'done' }],
      totals: { alone: 1 },
    });
    expect(await report('db-1')).toMatchObject({ totals: { deeds: 1, alone: 1 } });
    expect(await report('db')).toMatchObject({ deeds: [], others: [] });
    expect(await report('checkout', '2020-01-01', '2020-12-31')).toMatchObject({ deeds: [], others: [] });
    expect(await report('checkout', '2099-01-01')).toMatchObject({ deeds: [], others: [] });
  });
});
