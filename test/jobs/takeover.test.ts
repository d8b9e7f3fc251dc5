import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, inject, test } from 'vitest';
import type { IncidentId } from '../../src/ids.ts';
import { type Handlers, jobNames } from '../../src/jobs/job.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { transact } from '../../src/postgres/database.ts';
import { openPostgresTest } from '../databases.ts';

const quiet = { warn: () => {}, error: () => {} };

test.skipIf(!inject('postgres'))(
  'the job of a process that was killed is taken over within 15 seconds, and not before it was dead',
  async () => {
    const database = await openPostgresTest();
    const url = 'connectionString' in database.queue ? database.queue.connectionString : '';
    const queue = await openQueue(database, quiet);
    const incident = 'inc-1' as IncidentId;
    await transact(database.db, (tx) => queue.add(tx, { name: 'conclude', incident }));

    const dying = spawn(process.execPath, [join(import.meta.dirname, 'dying.ts'), url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface(dying.stdout), 'line');
    expect(JSON.parse(line)).toEqual({ incident });

    let taken = 0;
    const take = async () => {
      taken = Date.now();
    };
    await queue.work(Object.fromEntries(jobNames.map((name) => [name, take])) as unknown as Handlers, []);
    const killed = Date.now();
    dying.kill('SIGKILL');
    await once(dying, 'exit');
    expect(taken).toBe(0);
    await expect.poll(() => taken, { timeout: 20_000, interval: 50 }).toBeGreaterThan(0);
    expect(taken - killed).toBeLessThan(15_000);
    await queue.stop(0);
    await database.close();
  },
  45_000,
);
