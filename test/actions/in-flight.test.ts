import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { openLine } from '../../conformance/line.ts';
import { advance } from '../../src/actions/advance.ts';
import { cancel, hearKill } from '../../src/actions/cancel.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { hold, mark, openInFlight } from '../../src/actions/in-flight.ts';
import { kill, kills } from '../../src/actions/kill.ts';
import { propose } from '../../src/actions/propose.ts';
import { killedFor } from '../../src/actions/stops.ts';
import type { ActionId } from '../../src/ids.ts';
import { transact } from '../../src/postgres/database.ts';
import { openPool } from '../../src/postgres/pool.ts';
import type { Tool } from '../../src/tools/tool.ts';
import { databases, openPostgresTest } from '../databases.ts';
import { ada, deed, maria, openStory, type Story } from './story.ts';

type Given = { server: string };

/** A gateway whose tool takes longer, and can be stopped; `stops` counts how often that was asked. */
function slowly(story: Story, changed: Partial<Tool<Given>> = {}, on: Partial<Gateway> = {}) {
  const stops: string[] = [];
  const cancelling = async (handle: string) => {
    stops.push(handle);
    return { kind: 'cancelled' as const };
  };
  const begin = async (_: unknown, key: string) => story.outside.begin(key);
  const tool = story.outside.tool({ start: begin, cancel: cancelling, ...changed });
  const slow: Gateway = { ...story.gateway, inFlight: openInFlight(), tools: [tool], ...on };
  return { slow, stops };
}

async function running(gateway: Gateway): Promise<ActionId> {
  const id = await propose(gateway, deed({ incident: null }));
  await advance(gateway, id);
  return id;
}

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a kill switch that is heard of, on ${name}`, () => {
    let story: Story;
    beforeAll(async () => {
      story = await openStory(await open());
    });
    afterEach(() => sql`truncate kill_switch`.execute(story.gateway.db));
    afterAll(() => story?.close());

    const ended = async (id: ActionId) => {
      const action = await story.action(id);
      const told = (await story.happened(id)).filter((kind) => /ended|cancelled/.test(kind));
      return [action?.status, action?.output, told];
    };
    const stopped = (id: ActionId) => [
      'cancelled',
      `Stopped by the kill switch: job of ${id}. What it had done by then is not undone; look at web-1.`,
      ['action.cancelled'],
    ];

    test.each([
      ['all', true],
      ['worker:ada', true],
      ['tool:restart-service', true],
      ['worker:bo', false],
      ['tool:rotate-logs', false],
      ['nonsense', false],
    ])('%s stops what this process is at: %s', async (scope, reached) => {
      const { slow, stops } = slowly(story);
      const id = await running(slow);
      await hearKill(slow, scope);
      expect(stops).toHaveLength(reached ? 1 : 0);
      expect((await story.action(id))?.status).toBe(reached ? 'cancelled' : 'running');
      expect(slow.inFlight.effects.size).toBe(reached ? 0 : 1);
    });

    test('and its job say the same, and once, however often it is heard', async () => {
      const { slow, stops } = slowly(story);
      const id = await running(slow);
      await Promise.all([
        hearKill(slow, 'all'),
        hearKill(slow, 'worker:ada'),
        cancel(slow, id),
        hearKill(slow, 'all'),
      ]);
      await advance(slow, id);
      expect(await ended(id)).toEqual(stopped(id));
      expect(stops).toHaveLength(1);
    });

    test('while its look was under way: whoever stopped it says what became of it', async () => {
      const look = async (handle: string) => {
        void hearKill(slow, 'all');
        return { kind: 'failed' as const, because: `${handle} ended as canceled.` };
      };
      const { slow } = slowly(story, { look });
      const id = await running(slow);
      await advance(slow, id);
      expect(await ended(id)).toEqual(stopped(id));
    });

    test('while it was being decided: it never begins', async () => {
      const { slow, stops } = slowly(story, {}, { refresh: async () => hearKill(slow, 'all') });
      const id = await propose(slow, deed({ incident: null }));
      await advance(slow, id);
      expect(await ended(id)).toEqual([
        'cancelled',
        'Stopped by the kill switch before it began: nothing was run.',
        ['action.cancelled'],
      ]);
      expect([story.outside.begun(id), stops]).toEqual([[], []]);
    });

    test.each([
      ['and it comes back', false],
      ['and its answer is lost', true],
    ])('while its tool was being called, %s: it is stopped', async (_, lost) => {
      const start = async (_given: unknown, key: string) => {
        await hearKill(slow, 'all');
        const progress = story.outside.begin(key);
        if (lost) throw new Error('The line was cut.');
        return progress;
      };
      const { slow, stops } = slowly(story, { start });
      const id = await running(slow);
      expect(await ended(id)).toEqual(stopped(id));
      expect(stops).toEqual([`job of ${id}`]);
    });

    test('leaves alone what was done by then, and what another is only deciding', async () => {
      const { slow, stops } = slowly(story, {
        start: async (_, key) => {
          story.outside.begin(key);
          await hearKill(slow, 'all');
          return { kind: 'done', output: 'restarted' };
        },
      });
      const id = await running(slow);
      expect(await ended(id)).toEqual(['done', 'restarted', ['action.ended']]);
      expect(stops).toEqual([]);
      expect(slow.inFlight).toEqual(openInFlight());
    });

    test('a job waits for the handle of what another process has only just begun', async () => {
      const { slow } = slowly(story, { find: async () => undefined });
      const id = await running(slow);
      const elsewhere = { ...slow, inFlight: openInFlight() };
      await sql`update action set handle = null where id = ${id}`.execute(slow.db);
      const cancelled = cancel(elsewhere, id);
      await sql`update action set handle = ${`job of ${id}`} where id = ${id}`.execute(slow.db);
      await cancelled;
      expect(await ended(id)).toEqual(stopped(id));
    });

    test('a process that is cut off while it decides does not hold the switch up for long', async () => {
      const { rows } = await transact(story.gateway.db, async (tx) => {
        await killedFor(tx, { worker: ada.worker, tool: 'restart-service' });
        return sql`select current_setting('idle_in_transaction_session_timeout') as most`.execute(tx);
      });
      expect(rows).toEqual([{ most: '5s' }]);
    });
  });
}

test('an effect that was not seen for long is forgotten: whoever looks at it holds it', () => {
  const inFlight = openInFlight();
  const at = (minutes: number) => new Date(minutes * 60_000);
  const action = (id: string) => ({ id, worker: 'ada', tool: 'restart' }) as never;
  hold(inFlight, action('lost'), at(0));
  hold(inFlight, action('seen'), at(0));
  hold(inFlight, action('seen'), at(9));
  hold(inFlight, action('new'), at(11));
  expect(mark(inFlight, 'all').map((effect) => effect.action.id)).toEqual(['seen', 'new']);
});

describe.skipIf(!inject('postgres'))('with a database that can be cut off', () => {
  let story: Story;
  let line: Awaited<ReturnType<typeof openLine>>;
  let far: ReturnType<typeof openPool>;
  beforeAll(async () => {
    const database = await openPostgresTest();
    story = await openStory(database);
    line = await openLine('connectionString' in database.queue ? database.queue.connectionString : '', 5432);
    far = openPool(line.url);
  });
  afterAll(async () => {
    await far?.close();
    line?.close();
    await story?.close();
  });

  test('what is running is stopped without it, the person is told, and the record is when it is back', async () => {
    const { slow, stops } = slowly(story, {}, { db: far.db });
    const id = await running(slow);
    line.cut();
    const heard: Promise<void>[] = [];
    const board = (told: boolean) => ({
      ...slow,
      tell: async (scope: string) => {
        heard.push(hearKill(slow, scope));
        return told;
      },
    });
    expect(await kill(board(true), 'all', maria.id)).toEqual({
      kind: 'not-kept',
      because:
        'The database is down: nothing can begin while it is, what was running in reach of the broadcast is being stopped, and the kill switch for all itself is not kept. Throw it again when the database is back.',
    });
    expect((await kill(board(false), 'all', maria.id)).because).toMatch(
      /what was running in this process is being stopped and no other could be told/,
    );
    expect((await kill(slow, 'all', maria.id)).because).toMatch(/could not be told to stop/);
    expect(stops).toEqual([`job of ${id}`]);
    expect((await story.action(id))?.status).toBe('running');
    line.mend();
    await Promise.all(heard);
    expect((await story.action(id))?.status).toBe('cancelled');
    expect(await kills(far.db)).toEqual([]);
    expect(await kill(board(true), 'all', maria.id)).toMatchObject({ kind: 'switched' });
  });

  test('one that does not answer in time is said to be slow, and what it took is kept', async () => {
    const { gateway } = story;
    const said = await transact(gateway.db, async (tx) => {
      await killedFor(tx, { worker: ada.worker, tool: 'restart-service' });
      const told = await kill(gateway, 'worker:ada', maria.id);
      await sql`select 1`.execute(tx);
      return told;
    });
    expect(said).toMatchObject({ kind: 'not-kept', because: expect.stringMatching(/has not answered yet/) });
    await expect
      .poll(() => kills(gateway.db))
      .toContainEqual(expect.objectContaining({ scope: 'worker:ada' }));
  });
});
