import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { type Line, openLine } from '../../conformance/line.ts';
import { openOwnBroadcast, openRedisBroadcast } from '../../src/redis/broadcast.ts';
import type { Broadcast } from '../../src/redis/redis.ts';

const redisUrl = inject('redis') ?? '';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What a subscriber has heard so far. */
function ear(broadcast: Broadcast): string[] {
  const heard: string[] = [];
  broadcast.subscribe((message) => void heard.push(message));
  return heard;
}

test('within one process, every subscriber hears at once', async () => {
  const broadcast = openOwnBroadcast();
  const [one, two] = [ear(broadcast), ear(broadcast)];
  const published = broadcast.publish('all');
  expect([one, two]).toEqual([['all'], ['all']]);
  expect(await published).toBe(true);
});

describe.skipIf(!redisUrl)('through Redis', () => {
  /** Channels of this test alone, for the Redis may be shared. */
  const prefix = `roster-test:${randomUUID()}:`;
  async function open(url = redisUrl, as = prefix): Promise<Broadcast> {
    const broadcast = await openRedisBroadcast(url, as);
    closing.push(broadcast.close);
    return broadcast;
  }
  async function line(): Promise<Line> {
    const to = await openLine(redisUrl, 6379);
    closing.push(to.close);
    return to;
  }

  test('every process hears, and nobody of another site', async () => {
    const [here, there, elsewhere] = await Promise.all([open(), open(), open(redisUrl, `${prefix}other:`)]);
    const other = new URL(redisUrl);
    other.pathname = '/9';
    const otherDatabase = ear(await open(other.href));
    const heard = [ear(here), ear(there)];
    const strange = ear(elsewhere);
    expect(await here.publish('worker:ada')).toBe(true);
    await expect.poll(() => heard.map(([first]) => first)).toEqual(['worker:ada', 'worker:ada']);
    expect([strange, otherDatabase]).toEqual([[], []]);
  });

  test('a process that is cut off says so, still tells itself, and says nothing late', async () => {
    const to = await line();
    const [apart, other] = await Promise.all([open(to.url), open()]);
    const [own, others] = [ear(apart), ear(other)];
    to.cut();
    expect(await apart.publish('all')).toBe(false);
    expect(own).toEqual(['all']);
    to.mend();
    await expect.poll(() => apart.publish('later'), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => others).toContain('later');
    expect(others).not.toContain('all');
  });

  test('a process whose line is back hears again', async () => {
    const to = await line();
    const [apart, other] = await Promise.all([open(to.url), open()]);
    const heard = ear(apart);
    to.cut();
    expect(await other.publish('missed')).toBe(true);
    to.mend();
    const hears = async () => {
      await other.publish('heard');
      return heard;
    };
    await expect.poll(hears, { timeout: 10_000 }).toContain('heard');
    expect(heard).not.toContain('missed');
  });
});

test('a Redis that is not there is one sentence', async () => {
  await expect(openRedisBroadcast('redis://roster:hunter2@127.0.0.1:1')).rejects.toThrow(
    /^Redis at 127\.0\.0\.1:1 did not do as asked \(connect ECONNREFUSED 127\.0\.0\.1:1\): start it, or correct REDIS_URL\.$/,
  );
});
