import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { friday, openCompany, reopen } from './company.ts';

describe.each(databases.filter(({ available }) => available))('a company kept on $name', ({ open }) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database?.close());

  test('is found as it was: what is broken, what is mended, and every value and line', async () => {
    const before = await openCompany(database.db);
    await before.estate.break('full-disk', before.now());
    await before.estate.break('memory-leak', before.pass(5));
    await before.awx.launch('rotate-logs', { server: 'db-01' });
    before.pass(30);
    expect(before.estate.openFaults().map(({ name }) => name)).toEqual(['memory-leak']);
    const values = await before.prometheus.query('{job="node"}', before.now());
    const lines = await before.loki.queryRange('{job="apps"}', friday, before.now(), 1_000);
    const job = await before.awx.job(1);
    await before.estate.close();

    const after = await reopen(database.db, { at: before.now() });
    expect(after.estate.openFaults()).toEqual(before.estate.openFaults());
    expect(await after.prometheus.query('{job="node"}', before.now())).toEqual(values);
    expect(await after.loki.queryRange('{job="apps"}', friday, before.now(), 1_000)).toEqual(lines);
    expect(await after.awx.job(1)).toEqual(job);
  });

  test('a job that ended while nobody looked has ended, and mended when it ended', async () => {
    const before = await openCompany(database.db);
    await before.estate.break('full-disk', before.now());
    before.pass(20);
    await before.awx.launch('rotate-logs', { server: 'db-01' });
    expect(await before.awx.job(1)).toMatchObject({ status: 'pending' });
    await before.estate.close();

    const after = await reopen(database.db, { at: new Date(friday.getTime() + 3_600_000) });
    expect(after.estate.openFaults()).toEqual([]);
    const { status, finishedAt } = await after.awx.job(1);
    expect(status).toBe('successful');
    expect(finishedAt?.getTime()).toBeLessThan(friday.getTime() + 28_001);
    const lines = await after.loki.queryRange(
      '{app="orders"} |= "No space left"',
      friday,
      after.now(),
      1_000,
    );
    expect(lines[0]?.at.getTime()).toBeLessThan(finishedAt?.getTime() ?? 0);
  });

  test('a job that was running goes on', async () => {
    const before = await openCompany(database.db);
    await before.awx.launch('rotate-logs', { server: 'db-01', mark: 'action-5' });
    before.pass(2);
    await before.estate.close();
    const after = await reopen(database.db, { at: before.now() });
    expect(await after.awx.findJob('action-5')).toMatchObject({ id: 1, status: 'running' });
    after.pass(6);
    expect(await after.awx.job(1)).toMatchObject({ status: 'successful' });
  });

  test('the first fault comes once, however often and from wherever it is asked for', async () => {
    const { estate, now } = await openCompany(database.db);
    const at = new Date(now().getTime() + 15_000);
    const said = await Promise.all([1, 2, 3].map(() => estate.startFirstFault(at)));
    expect(said.map(({ kind }) => kind).toSorted()).toEqual(['broken', 'refused', 'refused']);
    expect(said[0]).toMatchObject({ fault: 'bad-deployment', target: { service: 'checkout' } });
    await estate.close();
    const after = await reopen(database.db);
    expect(await after.estate.startFirstFault(at)).toEqual({
      kind: 'refused',
      because: 'The first fault of this data folder has come before.',
    });
    expect(after.estate.openFaults()).toHaveLength(1);
  });

  test('the first fault may be said to come later: nothing is bent until then', async () => {
    const { estate, now, prometheus, pass } = await openCompany(database.db);
    const errors = async () =>
      (await prometheus.query('rate(http_requests_errors_total{service="checkout"}[10s])', now()))[0]
        ?.value ?? 0;
    await estate.startFirstFault(new Date(now().getTime() + 15_000));
    pass(14);
    const usual = await errors();
    pass(16);
    expect(await errors()).toBeGreaterThan(usual * 8);
  });
});
