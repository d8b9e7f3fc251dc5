// The facts an approval relies on, read by the real clients.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/postgres/database.ts';
import { openLoki } from '../../src/systems/loki/read.ts';
import { reachAwx } from '../../src/tools/awx-template.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { openEmbeddedTest } from '../databases.ts';
import { openCompany } from '../estate/company.ts';
import { openWire } from '../systems/wire.ts';
import { toolsOn } from './all.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());

/** The tools on the company, and one deed of theirs from its start to its end. */
async function shop() {
  const company = await openCompany(database.db);
  const awx = reachAwx({ url: company.estate.awxUrl, token: company.estate.awxToken });
  const tools = toolsOn(awx, openLoki({ url: company.estate.lokiUrl }), company.now);
  const toolOf = (name: string) => tools[name] as AnyTool;
  const facts = (name: string, given: object) => toolOf(name).reliesOn(given);
  const through = async (name: string, given: object, key = 'act-1') => {
    const { arguments: schema, start, look } = toolOf(name);
    const begun = await start(schema.parse(given), key);
    if (begun.kind !== 'running') return begun;
    company.pass(8);
    return look(begun.handle);
  };
  return { company, toolOf, facts, through };
}

const undone: { tool: string; given: Record<string, string>; before: object; after: object }[] = [
  {
    tool: 'change-configuration',
    given: { server: 'db-01', setting: 'max_connections', from: '200', to: '300' },
    before: { 'present value': '200' },
    after: { 'present value': '300' },
  },
  {
    tool: 'change-configuration',
    given: {
      server: 'db-01',
      setting: 'replication_password',
      from: 'vault:db/replication#v1',
      to: 'vault:db/replication#v2',
    },
    before: { 'present value': 'vault:db/replication#v1' },
    after: { 'present value': 'vault:db/replication#v2' },
  },
  {
    tool: 'change-firewall',
    given: { server: 'web-01', rule: 'allow 8443/10.0.0.0/8' },
    before: { 'allowed now': 'no' },
    after: { 'allowed now': 'yes' },
  },
  {
    tool: 'change-firewall',
    given: { server: 'web-01', rule: 'deny 443/0.0.0.0/0' },
    before: { 'allowed now': 'yes' },
    after: { 'allowed now': 'no' },
  },
];

test.each(undone)('$tool $given: the deed moves its fact, the inverse puts it back', async (row) => {
  const { toolOf, facts, through } = await shop();
  expect(await facts(row.tool, row.given)).toEqual(row.before);
  expect(await through(row.tool, row.given)).toMatchObject({ kind: 'done' });
  expect(await facts(row.tool, row.given)).toEqual(row.after);
  const again = await through(row.tool, row.given, 'act-2');
  expect(again).toMatchObject({ kind: 'failed', output: expect.stringContaining('nothing was changed') });
  const back = toolOf(row.tool).inverse(row.given);
  if (back.kind !== 'tool') throw new Error(back.says);
  expect(await through(back.tool, back.arguments, 'act-3')).toMatchObject({ kind: 'done' });
  expect(await facts(row.tool, row.given)).toEqual(row.before);
});

test('the last change of a database, whatever it was', async () => {
  const { facts, through } = await shop();
  const given = { server: 'db-01', change: 'add-index-orders-created' };
  expect(await facts('change-database', given)).toEqual({ 'last change': 'none' });
  await through('change-database', { server: 'db-01', change: 'drop-column-orders-legacy' });
  expect(await facts('change-database', given)).toEqual({ 'last change': 'drop-column-orders-legacy' });
  expect(await facts('change-database', { ...given, server: 'db-02' })).toEqual({ 'last change': 'none' });
});

test('the version deployed now moves with a deployment and with a roll-back', async () => {
  const { company, facts, through } = await shop();
  const given = { service: 'checkout', version: '' };
  const before = (await facts('roll-back-deployment', given))['version deployed'];
  expect(before).toMatch(/^2026\.11\.\d\d-\d$/);
  const broken = await company.estate.break('bad-deployment', company.now());
  if (broken.kind === 'refused') throw new Error(broken.because);
  company.pass(1);
  expect(await facts('roll-back-deployment', given)).toEqual({ 'version deployed': broken.target.version });
  expect(
    await through('roll-back-deployment', { service: 'checkout', version: broken.target.replaces }),
  ).toMatchObject({ kind: 'done' });
  expect(await facts('roll-back-deployment', given)).toEqual({ 'version deployed': before });
  expect(await facts('roll-back-deployment', { service: 'chequeout' })).toEqual({
    'version deployed': 'not known',
  });
});

test('the other tools rely on nothing that could drift', async () => {
  const { facts } = await shop();
  for (const name of ['restart-service', 'rotate-logs', 'reset-password', 'change-licence'])
    expect(await facts(name, {})).toEqual({});
});

test('a server that AWX has not: said, and the deed fails', async () => {
  const { facts, through } = await shop();
  const given = { server: 'web-99', rule: 'allow 443/10.0.0.0/8' };
  expect(await facts('change-firewall', given)).toEqual({
    'allowed now': 'not known: AWX has no host named web-99',
  });
  expect(await through('change-firewall', given)).toMatchObject({
    kind: 'failed',
    output: expect.stringContaining('Could not match supplied host pattern: web-99; nothing was changed'),
  });
});

test('a deed is found by its key after a crash', async () => {
  const { company, toolOf } = await shop();
  const tool = toolOf('reset-password');
  const since = company.now();
  const begun = await tool.start({ account: 'fw-1007' }, 'act-77');
  expect(begun).toMatchObject({ kind: 'running', handle: 'AWX job 1' });
  expect(await tool.find('act-77', since)).toBe('AWX job 1');
  expect(await tool.find('act-78', since)).toBeUndefined();
});

/** What change-configuration says of a setting when AWX's inventory holds these variables. */
async function present(variables: unknown, setting = 'mode') {
  const wire = await openWire(({ path }) => {
    if (path.endsWith('/variable_data/')) return { body: variables };
    return { body: { count: 1, next: null, previous: null, results: [{ id: 3, name: 'db-01' }] } };
  });
  onTestFinished(wire.close);
  const tool = toolsOn(reachAwx({ url: wire.url, token: 't' }))['change-configuration'] as AnyTool;
  return (await tool.reliesOn({ server: 'db-01', setting }))['present value'];
}

const unshown = 'something that cannot be shown';
const held: { variables: unknown; setting?: string; says: string }[] = [
  { variables: { settings: { mode: 'fast' } }, says: 'fast' },
  { variables: { settings: { mode: 200 } }, says: '200' },
  { variables: { settings: { mode: false } }, says: 'false' },
  { variables: { settings: {} }, says: 'not set' },
  { variables: {}, says: 'not set' },
  { variables: { settings: 'mode: fast' }, says: 'not set' },
  { variables: { settings: ['fast'] }, says: 'not set' },
  { variables: { settings: {} }, setting: 'constructor', says: 'not set' },
  { variables: { settings: { mode: { a: 1 } } }, says: unshown },
  { variables: { settings: { mode: 'fa\u202est' } }, says: unshown },
  { variables: { settings: { mode: '*Approved* by <@U01>' } }, says: unshown },
  { variables: { settings: { mode: 'x'.repeat(1_000_000) } }, says: unshown },
  { variables: { settings: { mode: 'ghp_0123456789' } }, says: unshown },
  { variables: { settings: { db_password: 'hunter2' } }, setting: 'db_password', says: unshown },
  { variables: { settings: { db_password: 'vault:db#pw' } }, setting: 'db_password', says: 'vault:db#pw' },
];
test.each(held)('of $setting in $variables people see: $says', async ({ variables, setting, says }) => {
  expect(await present(variables, setting)).toBe(says);
});
