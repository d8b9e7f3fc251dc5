import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionId, ApprovalId, DeliveryId, IncidentId, SignalId } from '../../src/ids.ts';
import { type Handlers, type Job, jobNames } from '../../src/jobs/job.ts';
import { openQueue, type Queue } from '../../src/jobs/queue.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';

const quiet = { warn: () => {}, error: () => {} };
const anyTime = { timeout: 20_000, interval: 20 };

/** One job of every name, about `id`. */
const oneOfEach = (id: string): Job[] => [
  { name: 'hear', delivery: id as DeliveryId },
  { name: 'show', subject: `incident:${id}` },
  { name: 'receive-signal', signal: id as SignalId },
  { name: 'investigate', incident: id as IncidentId },
  { name: 'remediate', incident: id as IncidentId },
  { name: 'verify', incident: id as IncidentId },
  { name: 'conclude', incident: id as IncidentId },
  { name: 'advance-action', action: id as ActionId },
  { name: 'lapse-approval', approval: id as ApprovalId },
  { name: 'tell-standup', at: id },
];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`jobs on ${name}`, () => {
    let database: Database;
    /** Two processes' worth where the database can have two. */
    let queues: Queue[];
    let queue: Queue;
    /** What was done, as `name about`, and what a test wants to happen while it is. */
    const done: string[] = [];
    const meanwhile = new Map<string, () => Promise<void>>();

    beforeAll(async () => {
      database = await open();
      queue = await openQueue(database, quiet);
      queues = name === 'postgres' ? [queue, await openQueue(database, quiet)] : [queue];
    });
    afterAll(async () => {
      await Promise.all((queues ?? []).map((one) => one.stop(0)));
      await database?.close();
    });

    const handlers = Object.fromEntries(
      jobNames.map((name) => [
        name,
        async (data: object) => {
          const id = String(Object.values(data)[0]);
          await meanwhile.get(id)?.();
          done.push(`${name} ${id}`);
        },
      ]),
    ) as unknown as Handlers;
    const add = (...jobs: (Job & { after?: Date })[]) =>
      transact(database.db, async (tx) => {
        for (const { after, ...job } of jobs) await queue.add(tx, job as Job, after);
      });
    const verifying = (id: string): Job => ({ name: 'verify', incident: id as IncidentId });
    const doneAbout = (id: string) => done.filter((one) => one.endsWith(` ${id}`));

    test('the first thing a process does can be to add one of each in a transaction', async () => {
      await add(...oneOfEach('first'));
      for (const one of queues) await one.work(handlers, []);
      await expect
        .poll(() => doneAbout('first').length + doneAbout('incident:first').length, anyTime)
        .toBe(10);
    });

    test('a job added in a transaction that is rolled back is never done', async () => {
      const failing = transact(database.db, async (tx) => {
        for (const job of oneOfEach('undone')) await queue.add(tx, job);
        throw new Error('the change failed');
      });
      await expect(failing).rejects.toThrow('the change failed');
      await add(...oneOfEach('sentinel'));
      await expect.poll(() => doneAbout('sentinel').length, anyTime).toBe(9);
      expect(doneAbout('undone')).toEqual([]);
      // The sentinels can only be overtaken by what does not exist.
      await add(...oneOfEach('sentinel 2'));
      await expect.poll(() => doneAbout('sentinel 2').length, anyTime).toBe(9);
      expect(doneAbout('undone')).toEqual([]);
    });

    test.concurrent('jobs of one name about the same never overlap, and about others do', async ({
      expect,
    }) => {
      const active = new Map<string, number>();
      let most = 0;
      let together = 0;
      const look = (id: string) => async () => {
        active.set(id, (active.get(id) ?? 0) + 1);
        most = Math.max(most, active.get(id) ?? 0);
        together = Math.max(together, [...active.values()].filter((count) => count > 0).length);
        await new Promise((resolve) => setTimeout(resolve, 10));
        active.set(id, (active.get(id) ?? 1) - 1);
      };
      for (const id of ['a', 'b', 'c']) meanwhile.set(id, look(id));
      const ids = ['a', 'b', 'c'].flatMap((id) => Array.from({ length: 8 }, () => verifying(id)));
      await Promise.all(ids.map((job) => add(job)));
      const all = () => ['a', 'b', 'c'].flatMap(doneAbout).length;
      await expect.poll(all, anyTime).toBe(24);
      expect(most).toBe(1);
      expect(together).toBeGreaterThan(1);
    });

    test.concurrent('a job that fails is tried again until it does not', async ({ expect }) => {
      let tries = 0;
      meanwhile.set('shaky', async () => {
        if (++tries < 2) throw new Error('not yet');
      });
      await add(verifying('shaky'));
      await expect.poll(() => doneAbout('shaky').length, anyTime).toBe(1);
      expect(tries).toBe(2);
    });

    test.concurrent('a job that is due later is not done before', async ({ expect }) => {
      let at = 0;
      meanwhile.set('later', async () => {
        at = Date.now();
      });
      const after = new Date(Date.now() + 1_200);
      await add({ ...verifying('later'), after });
      await expect.poll(() => doneAbout('later').length, anyTime).toBe(1);
      // The clock is the database's, which here is this machine's.
      expect(at).toBeGreaterThanOrEqual(after.getTime() - 5);
    });

    test('a queue that stops leaves what it was doing to the next', async () => {
      if (name === 'embedded') return;
      const held = Promise.withResolvers<void>();
      let begun = 0;
      meanwhile.set('handed over', async () => {
        if (++begun === 1) await held.promise;
      });
      const [first, second] = queues;
      await second?.stop(0);
      queues = queues.slice(0, 1);
      await add(verifying('handed over'));
      await expect.poll(() => begun, anyTime).toBe(1);
      await first?.stop(0);
      queue = await openQueue(database, quiet);
      queues = [queue];
      await queue.work(handlers, []);
      await expect.poll(() => doneAbout('handed over').length, anyTime).toBe(1);
      held.resolve();
    });
  });
}
