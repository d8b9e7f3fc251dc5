// What the company's AWX changes besides mending: hosts and accounts, or a plain refusal.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { type Change, targetsOf } from '../../src/estate/targets.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { type Company, openCompany, reopen } from './company.ts';

/** Runs a job to its end and returns it. */
async function run({ awx, pass }: Company, template: string, vars: Record<string, string>) {
  const launched = await awx.launch(template, vars);
  if (launched.kind === 'refused') throw new Error(launched.because);
  pass(8);
  return awx.job(launched.job);
}

const begin = targetsOf(fernwood, []);
const host = (id: string) => begin.hosts.get(id) as NonNullable<ReturnType<typeof begin.hosts.get>>;
const db = host('db-01');

const changes: { template: string; vars: Record<string, string>; does: Change }[] = [
  {
    template: 'reset-password',
    vars: { account: 'fw-1003' },
    does: { kind: 'account', id: 'fw-1003', account: { licence: 'premium', passwordResets: 1 } },
  },
  {
    template: 'change-licence',
    vars: { account: 'fw-1003', from_value: 'premium', to_value: 'standard' },
    does: { kind: 'account', id: 'fw-1003', account: { licence: 'standard', passwordResets: 0 } },
  },
  {
    template: 'change-configuration',
    vars: { server: 'db-01', setting: 'work_mem', from_value: '16MB', to_value: '32MB' },
    does: { kind: 'host', id: 'db-01', variables: { ...db, settings: { ...db.settings, work_mem: '32MB' } } },
  },
  {
    template: 'change-database',
    vars: { server: 'db-01', change: 'drop-column-orders-legacy' },
    does: {
      kind: 'host',
      id: 'db-01',
      variables: { ...db, database_changes: ['drop-column-orders-legacy'] },
    },
  },
  {
    template: 'change-firewall',
    vars: { server: 'db-01', rule: 'allow 9187/10.30.0.0/24' },
    does: {
      kind: 'host',
      id: 'db-01',
      variables: { ...db, firewall_allows: ['5432/10.20.0.0/16', '9187/10.30.0.0/24'] },
    },
  },
  {
    template: 'change-firewall',
    vars: { server: 'db-01', rule: 'deny 5432/10.20.0.0/16' },
    does: { kind: 'host', id: 'db-01', variables: { ...db, firewall_allows: [] } },
  },
];

const refusals: { template: string; vars: Record<string, string>; says: string }[] = [
  { template: 'reset-password', vars: { account: 'fw-9999' }, says: 'There is no account fw-9999' },
  { template: 'reset-password', vars: {}, says: 'The variable account is not set.' },
  {
    template: 'change-licence',
    vars: { account: 'fw-9999', from_value: 'premium', to_value: 'standard' },
    says: 'There is no account fw-9999',
  },
  {
    template: 'change-licence',
    vars: { account: 'fw-1003', from_value: 'standard', to_value: 'frontline' },
    says: 'The licence of fw-1003 is premium, not standard',
  },
  {
    template: 'change-licence',
    vars: { account: 'fw-1003', from_value: 'premium', to_value: 'gold' },
    says: 'There is no licence gold, only frontline, standard, premium',
  },
  {
    template: 'change-configuration',
    vars: { server: 'db-01', setting: 'work_mem', from_value: '8MB', to_value: '32MB' },
    says: 'The setting work_mem on db-01 is 16MB, not 8MB',
  },
  {
    template: 'change-configuration',
    vars: { server: 'db-01', setting: 'constructor', from_value: 'a', to_value: 'b' },
    says: 'There is no setting constructor on db-01',
  },
  {
    template: 'change-configuration',
    vars: { server: 'db-99', setting: 'work_mem', from_value: '16MB', to_value: '32MB' },
    says: 'Could not match supplied host pattern: db-99',
  },
  {
    template: 'change-database',
    vars: { server: 'db-01', change: 'drop-index-orders-created' },
    says: 'The migration drop-index-orders-created finds nothing to drop on db-01',
  },
  {
    template: 'change-database',
    vars: { server: 'db-02', change: 'drop-column-orders-legacy' },
    says: 'The database on db-02 has no table orders',
  },
  {
    template: 'change-database',
    vars: { server: 'web-01', change: 'drop-column-orders-legacy' },
    says: 'No database runs on web-01',
  },
  {
    template: 'change-database',
    vars: { server: 'db-01', change: 'drop-everything' },
    says: 'There is no migration drop-everything',
  },
  {
    template: 'change-firewall',
    vars: { server: 'db-01', rule: 'allow 5432/10.20.0.0/16' },
    says: 'The firewall of db-01 allows 5432/10.20.0.0/16 already',
  },
  {
    template: 'change-firewall',
    vars: { server: 'db-01', rule: 'deny 22/0.0.0.0/0' },
    says: 'The firewall of db-01 does not allow 22/0.0.0.0/0',
  },
  {
    template: 'change-firewall',
    vars: { server: 'db-01', rule: 'open "everything"' },
    says: 'This is no rule: open \\"everything\\"',
  },
];

describe.each(databases.filter(({ available }) => available))('targets kept on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database?.close());

  /** What the tables hold. */
  async function kept() {
    const hosts = await sql`select * from estate_host order by id`.execute(database.db);
    const accounts = await sql`select * from estate_account order by id`.execute(database.db);
    return [...hosts.rows, ...accounts.rows];
  }

  test.each(changes)('$template $vars changes what it is for, and a restart finds it', async (row) => {
    const before = await openCompany(database.db);
    const job = await run(before, row.template, row.vars);
    expect(job).toMatchObject({ status: 'successful', stdout: expect.stringContaining('changed: [') });
    await before.estate.close();
    const { does } = row;
    expect(await kept()).toEqual([
      does.kind === 'host'
        ? { id: does.id, variables: does.variables }
        : { id: does.id, licence: does.account.licence, password_resets: does.account.passwordResets },
    ]);
    const after = await reopen(database.db, { at: before.now() });
    if (does.kind === 'host') expect(await after.awx.variables(does.id)).toMatchObject(does.variables);
    expect(await after.awx.job(job.id)).toEqual(job);
  });

  test.each(refusals)('$template $vars fails and changes nothing', async ({ template, vars, says }) => {
    const company = await openCompany(database.db);
    const job = await run(company, template, vars);
    expect(job.status).toBe('failed');
    expect(job.stdout).toContain(says);
    await company.estate.close();
    expect(await kept()).toEqual([]);
  });

  test('the same job twice: the second finds it done, and both keep their end after a restart', async () => {
    const before = await openCompany(database.db);
    const vars = { server: 'db-01', change: 'add-index-orders-created' };
    await run(before, 'change-database', vars);
    const again = await run(before, 'change-database', vars);
    expect(again.stdout).toContain('is made on db-01 already; nothing was changed');
    await run(before, 'change-database', { ...vars, change: 'drop-index-orders-created' });
    expect(await before.awx.job(again.id)).toEqual(again);
    await before.estate.close();
    const after = await reopen(database.db, { at: before.now() });
    expect(await after.awx.job(again.id)).toEqual(again);
    expect(await after.awx.job(1)).toMatchObject({ status: 'successful' });
    expect((await run(after, 'change-database', vars)).status).toBe('successful');
    expect(await after.awx.variables('db-01')).toMatchObject({
      database_changes: [vars.change, 'drop-index-orders-created', vars.change],
    });
  });

  test('jobs that ended while nobody looked changed things one after the other', async () => {
    const before = await openCompany(database.db);
    const step = (from_value: string, to_value: string) => {
      return { server: 'app-01', setting: 'pool_size', from_value, to_value };
    };
    await before.awx.launch('change-configuration', step('20', '30'));
    before.pass(6);
    await before.awx.launch('change-configuration', step('30', '40'));
    await before.awx.launch('reset-password', { account: 'fw-1001' });
    await before.awx.launch('reset-password', { account: 'fw-1001' });
    await before.estate.close();
    const after = await reopen(database.db, { at: before.pass(3_600) });
    expect(await after.awx.variables('app-01')).toMatchObject({ settings: { pool_size: '40' } });
    await after.estate.close();
    expect(await kept()).toMatchObject([{ id: 'app-01' }, { id: 'fw-1001', password_resets: 2 }]);
  });

  test('a write that failed is made up for by the next, and lost by no crash', async () => {
    const before = await openCompany(database.db);
    await sql`alter table estate_host rename to estate_host_away`.execute(database.db);
    await run(before, 'change-firewall', { server: 'db-01', rule: 'deny 5432/10.20.0.0/16' });
    await run(before, 'reset-password', { account: 'fw-1002' });
    expect(await sql`select status from estate_job`.execute(database.db)).toMatchObject({
      rows: [{ status: 'running' }, { status: 'running' }],
    });
    await sql`alter table estate_host_away rename to estate_host`.execute(database.db);
    const crashed = await reopen(database.db, { at: before.now() });
    expect(await crashed.awx.variables('db-01')).toMatchObject({ firewall_allows: [] });
    await run(before, 'reset-password', { account: 'fw-1003' });
    await before.estate.close();
    expect(await kept()).toMatchObject([{ id: 'db-01' }, { id: 'fw-1002' }, { id: 'fw-1003' }]);
  });
});

test('every template asks for variables, and hosts come as AWX has them', async () => {
  const database = await databases[0]?.open();
  if (!database) throw new Error('There is no embedded database.');
  const { awx, estate } = await openCompany(database.db);
  const templates = await awx.templates();
  expect(templates.map(({ name }) => name)).toEqual([
    ...['balance-server', 'change-configuration', 'change-database', 'change-firewall', 'change-licence'],
    ...['clean-temporary-files', 'end-blocking-sessions', 'end-sessions', 'end-slow-queries'],
    ...['fail-over-interface', 'move-workload', 'renew-certificate', 'reset-password', 'reset-service'],
    ...['restart-resolver', 'restart-service', 'resume-replication', 'roll-back-deployment', 'rotate-logs'],
    ...['scale-consumers', 'switch-partner', 'sync-clock', 'warm-cache'],
  ]);
  expect(templates.every(({ asksVariables }) => asksVariables)).toBe(true);
  expect(await awx.variables('web-99')).toBeUndefined();
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${estate.awxToken}` };
    const response = await fetch(`${estate.awxUrl}/api/v2/hosts/${path}`, { headers });
    return { status: response.status, body: await response.text() };
  };
  const listed = await get('?name=db-02');
  const { count, results } = JSON.parse(listed.body);
  expect([count, results]).toMatchObject([1, [{ id: 8, type: 'host', name: 'db-02' }]]);
  expect(await get('8/')).toEqual({ status: 200, body: JSON.stringify(results[0]) });
  expect(await get('8/variable_data/')).toEqual({ status: 200, body: results[0].variables });
  for (const path of ['99/', '0/', '99/variable_data/', '8/stdout/'])
    expect((await get(path)).status).toBe(404);
  await database.close();
});
