import { randomUUID } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openRedis } from '../../src/redis/ioredis.ts';
import type { Claims } from '../../src/redis/redis.ts';
import { openTableClaims } from '../../src/redis/table.ts';
import { databases } from '../databases.ts';

const MINUTE = 60_000;
const redisUrl = inject('redis');

const onTables = databases.map(({ name, available, open }) => ({
  name: `a table on ${name}`,
  available,
  open: async () => {
    const database = await open();
    return { claims: openTableClaims(database.db), close: database.close };
  },
}));

const onRedis = {
  name: 'redis',
  available: redisUrl !== undefined,
  open: async () => {
    const claims = await openRedis(redisUrl ?? '', prefix());
    return { claims, close: claims.close };
  },
};

for (const { name, available, open } of [onRedis, ...onTables]) {
  describe.skipIf(!available)(`claims in ${name}`, () => {
    let claims: Claims;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ claims, close } = await open());
    });
    afterAll(() => close?.());

    /** Waits until a claim of `ms` made now has run out, by the clock of the store itself. */
    async function runOut(ms: number) {
      const key = randomUUID();
      await claims.claim(key, 'early', ms);
      await expect
        .poll(() => claims.claim(key, 'late', MINUTE), { interval: 5, timeout: 10_000 })
        .toBe('late');
    }

    test('the first to ask holds the key, and everybody else is told who', async () => {
      expect(await claims.claim('one', 'ada', MINUTE)).toBe('ada');
      expect(await claims.claim('one', 'bo', MINUTE)).toBe('ada');
      expect(await claims.claim('another', 'bo', MINUTE)).toBe('bo');
    });

    test('of twenty who ask at once exactly one holds it, and all agree who', async () => {
      const holders = Array.from({ length: 20 }, (_, n) => `worker-${n}`);
      const answers = await Promise.all(holders.map((holder) => claims.claim('race', holder, MINUTE)));
      expect(new Set(answers).size).toBe(1);
      expect(holders).toContain(answers[0]);
    });

    test('the same holder may ask twice, and has the longer time', async () => {
      await claims.claim('twice', 'ada', 40);
      expect(await claims.claim('twice', 'ada', MINUTE)).toBe('ada');
      await runOut(40);
      expect(await claims.claim('twice', 'bo', MINUTE)).toBe('ada');
    });

    test('asking for what another holds does not lengthen it', async () => {
      await claims.claim('short', 'ada', 40);
      await claims.claim('short', 'bo', MINUTE);
      await runOut(40);
      expect(await claims.claim('short', 'bo', MINUTE)).toBe('bo');
    });

    test('a claim that ran out is free', async () => {
      await claims.claim('brief', 'ada', 20.5);
      await runOut(20.5);
      expect(await claims.claim('brief', 'bo', MINUTE)).toBe('bo');
    });

    test('anybody may renew what is held', async () => {
      await claims.claim('renewed', 'ada', 500);
      await claims.renew('renewed', MINUTE);
      await runOut(500);
      expect(await claims.claim('renewed', 'bo', MINUTE)).toBe('ada');
    });

    test('renewing a free key claims nothing', async () => {
      await claims.renew('free', MINUTE);
      expect(await claims.claim('free', 'bo', MINUTE)).toBe('bo');
      await claims.claim('ran out', 'ada', 20);
      await runOut(20);
      await claims.renew('ran out', MINUTE);
      expect(await claims.claim('ran out', 'bo', MINUTE)).toBe('bo');
    });

    test('only its holder releases a key', async () => {
      await claims.claim('kept', 'ada', MINUTE);
      await claims.release('kept', 'bo');
      expect(await claims.claim('kept', 'bo', MINUTE)).toBe('ada');
      await claims.release('kept', 'ada');
      await claims.release('kept', 'ada');
      expect(await claims.claim('kept', 'bo', MINUTE)).toBe('bo');
    });
  });
}

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the table on ${name}`, () => {
    test('still knows its claims when they are opened again', async () => {
      const database = await open();
      await openTableClaims(database.db).claim('fingerprint', 'incident-1', MINUTE);
      expect(await openTableClaims(database.db).claim('fingerprint', 'incident-2', MINUTE)).toBe(
        'incident-1',
      );
      await database.close();
    });

    test('sweeps out what ran out, and nothing else', async () => {
      const database = await open();
      const claims = openTableClaims(database.db);
      await claims.claim('old', 'ada', 1);
      for (let n = 0; n < 500; n++) await claims.claim('present', 'ada', MINUTE);
      const { rows } = await sql`select key from claim`.execute(database.db);
      expect(rows).toEqual([{ key: 'present' }]);
      await database.close();
    });
  });
}

test.skipIf(!redisUrl)('an answer lost on its way does not make our own claim look taken', async () => {
  const line = await lossyLine(redisUrl ?? '');
  const claims = await openRedis(line.url, prefix());
  line.loseNextAnswer();
  expect(await claims.claim('lost', 'ada', MINUTE)).toBe('ada');
  expect(line.lost()).toBe(1);
  await claims.close();
  line.close();
});

test('a Redis that is not there is one sentence, without its password', async () => {
  const opening = openRedis('redis://roster:hunter2@127.0.0.1:1');
  await expect(opening).rejects.toThrow(
    /^Redis at 127\.0\.0\.1:1 did not do as asked \(connect ECONNREFUSED 127\.0\.0\.1:1\): start it, or correct REDIS_URL\.$/,
  );
});

/** Keys of this run alone, for the Redis may be shared. */
function prefix(): string {
  return `roster-test:${randomUUID()}:`;
}

/** A line to `url` that can swallow one answer and hang up, as a network does. */
async function lossyLine(url: string) {
  const { hostname, port } = new URL(url);
  let lose = false;
  let lost = 0;
  const server = createServer((near) => {
    const far = connect(Number(port || 6379), hostname);
    near.on('data', (asked) => far.write(asked));
    far.on('data', (answer) => {
      if (!lose) {
        near.write(answer);
        return;
      }
      lose = false;
      lost++;
      near.destroy();
    });
    near.on('close', () => far.destroy()).on('error', () => {});
    far.on('close', () => near.destroy()).on('error', () => {});
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const local = new URL(url);
  local.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    url: local.href,
    loseNextAnswer: () => {
      lose = true;
    },
    lost: () => lost,
    close: () => server.close(),
  };
}
