import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import { closeBreaker } from '../../src/actions/breaker.ts';
import { cancel } from '../../src/actions/cancel.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { kill, kills, scopeOf, unkill } from '../../src/actions/kill.ts';
import { propose } from '../../src/actions/propose.ts';
import type { Scope } from '../../src/actions/stops.ts';
import type { ActionId, IncidentId, PersonId } from '../../src/ids.ts';
import { transact } from '../../src/postgres/database.ts';
import type { Progress, Tool } from '../../src/tools/tool.ts';
import { databases } from '../databases.ts';
import { policy } from '../policy/facts.ts';
import { ada, deed, maria, newIncident, openStory, type Story } from './story.ts';

const approve = { kind: 'approve' } as const;
const failed: Progress = { kind: 'failed', because: 'It ended as failed.' };
const done: Progress = { kind: 'done', output: 'restarted' };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`what stops a deed, on ${name}`, () => {
    let story: Story;
    let gateway: Gateway;
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
    });
    afterEach(() =>
      sql`truncate kill_switch, breaker_reset, budget_used, budget_reserved, action`.execute(gateway.db),
    );
    afterAll(() => story?.close());

    const status = async (id: ActionId) => (await story.action(id))?.status;
    const begun = (id: ActionId) => story.outside.begun(id).length;
    const alone = (changed: Partial<Parameters<typeof deed>[0]> = {}) =>
      propose(gateway, deed({ incident: null, ...changed }));
    async function tried(id: ActionId, on = gateway): Promise<string | undefined> {
      await advance(on, id);
      return status(id);
    }
    async function approved(): Promise<ActionId> {
      const id = await alone({ tool: 'roll-back' });
      await story.says(id, approve);
      return id;
    }
    /** One that the system outside is still at. */
    async function running(
      tool: Partial<Tool<{ server: string }>> = {},
    ): Promise<{ id: ActionId; slow: Gateway }> {
      const begin = async (_: unknown, key: string) => story.outside.begin(key);
      const slow = { ...gateway, tools: [story.outside.tool({ start: begin, ...tool })] };
      const id = await propose(slow, deed({ incident: null }));
      await advance(slow, id);
      expect(await status(id)).toBe('running');
      return { id, slow };
    }
    const switches = async () => {
      const { rows } = await sql<{ kind: string }>`select text::jsonb #>> '{entry,kind}' as kind from audit
        where text::jsonb #>> '{entry,kind}' like 'kill.%' order by seq desc limit 4`.execute(gateway.db);
      return rows.map(({ kind }) => kind).reverse();
    };

    describe('a kill switch', () => {
      test.each<[Scope, reached: boolean]>([
        ['all', true],
        ['worker:ada', true],
        ['tool:roll-back', true],
        ['worker:bo', false],
        ['tool:restart-service', false],
      ])('for %s, thrown between the approval and the run: it is refused %s', async (scope, reached) => {
        const id = await approved();
        await kill(gateway, scope, maria.id);
        expect([await tried(id), begun(id)]).toEqual(reached ? ['refused', 0] : ['done', 1]);
        if (!reached) return;
        const because = `The kill switch is thrown for ${scope}: a governor can release it with /roster unkill.`;
        expect((await story.action(id))?.output).toBe(because);
        expect((await story.asked(id)).outcome).toBe(`${because} Nothing was run.`);
        // What was refused stays so after the switch is released; what is proposed then runs.
        await unkill(gateway, scope, maria.id);
        expect([await tried(id), begun(id)]).toEqual(['refused', 0]);
        expect(await tried(await approved())).toBe('done');
      });

      test('refuses what is proposed, and asks nobody', async () => {
        await kill(gateway, 'all', maria.id);
        const id = await alone({ tool: 'roll-back' });
        expect(await tried(id)).toBe('refused');
        expect(await story.happened(id)).not.toContain('approval.asked');
      });

      test('is thrown and released once, whoever else does the same, and is in the audit', async () => {
        const thrown = await Promise.all([1, 2, 3].map(() => kill(gateway, 'all', maria.id)));
        expect(thrown.map(({ kind }) => kind).sort()).toEqual(['switched', 'was-so', 'was-so']);
        expect(await kills(gateway.db)).toMatchObject([{ scope: 'all', by: maria.id }]);
        await kill(gateway, 'worker:ada', maria.id);
        expect((await kills(gateway.db)).map(({ scope }) => scope)).toEqual(['all', 'worker:ada']);
        expect((await unkill(gateway, 'all', maria.id)).kind).toBe('switched');
        expect((await unkill(gateway, 'all', maria.id)).kind).toBe('was-so');
        // The other one still holds.
        expect(await tried(await alone())).toBe('refused');
        await unkill(gateway, 'worker:ada', maria.id);
        expect(await kills(gateway.db)).toEqual([]);
        expect(await switches()).toEqual(['kill.thrown', 'kill.thrown', 'kill.released', 'kill.released']);
      });

      test('thrown while fifty begin: none begins after it', async () => {
        const ids = await Promise.all(Array.from({ length: 50 }, () => alone()));
        const begin = Promise.all(ids.map((id) => advance(gateway, id)));
        await kill(gateway, 'all', maria.id);
        await begin;
        const { rows } = await sql<{ n: number }>`select count(*)::int as n from audit
          where text::jsonb #>> '{entry,kind}' = 'action.running'
            and text::jsonb #>> '{entry,about,action}' = any(${ids})
            and seq > (select max(seq) from audit where text::jsonb #>> '{entry,kind}' = 'kill.thrown')`.execute(
          gateway.db,
        );
        expect(rows[0]?.n).toBe(0);
        for (const id of ids) {
          const ended = await status(id);
          // What said *running* before may be stopped before its tool was called.
          const times = new Map([
            ['refused', [0]],
            ['cancelled', [0, 1]],
            ['done', [1]],
          ]).get(ended ?? '');
          expect(times, `${id} is ${ended}`).toContain(begun(id));
        }
      });

      test('makes it due to cancel what it reaches, and nothing else', async () => {
        const { id } = await running();
        await kill(gateway, 'tool:roll-back', maria.id);
        expect(await story.due('cancel-action', id)).toBe(0);
        await kill(gateway, 'tool:restart-service', maria.id);
        expect(await story.due('cancel-action', id)).toBe(1);
      });

      const ends: [what: string, cancel: Tool['cancel'], status: string, says: RegExp][] = [
        [
          'can be stopped',
          async () => ({ kind: 'cancelled' }),
          'cancelled',
          /^Stopped by the kill switch: job of/,
        ],
        ['was quicker', async () => ({ kind: 'done', output: 'restarted' }), 'done', /^restarted$/],
        ['cannot be stopped', undefined, 'indeterminate', /cannot be stopped from here: look at web-1/],
        [
          'does not answer',
          async () => Promise.reject(new Error('AWX did not answer.')),
          'indeterminate',
          /not known whether this was stopped: AWX did not answer/,
        ],
      ];
      test.each(ends)('ends what runs and %s', async (_, stop, ended, says) => {
        const { id, slow } = await running(stop ? { cancel: stop } : {});
        await kill(slow, 'all', maria.id);
        await cancel(slow, id);
        await cancel(slow, id);
        story.outside.end(id, done);
        await advance(slow, id);
        expect(await status(id)).toBe(ended);
        expect((await story.action(id))?.output).toMatch(says);
        expect((await story.happened(id)).filter((kind) => kind === 'action.cancelled')).toHaveLength(1);
        expect(begun(id)).toBe(1);
      });

      test.each([
        ['', 'all'],
        [' All ', 'all'],
        ['ada', 'worker:ada'],
        ['roll-back', 'tool:roll-back'],
        ['nobody', undefined],
        ['worker:ada', undefined],
      ])('said as %j means %s', (words, scope) => {
        expect(scopeOf(words, { workers: ['ada'], tools: ['roll-back'] })).toBe(scope);
      });
    });

    describe('the circuit breaker', () => {
      const careful = (start: Progress = done): Gateway => ({
        ...gateway,
        policy,
        tools: [
          story.outside.tool({
            start: async (_, key) => {
              story.outside.begin(key);
              return start;
            },
          }),
          story.outside.tool({ name: 'rotate-logs' }),
        ],
      });
      async function ended(results: Progress[]): Promise<void> {
        for (const result of results) {
          const on = careful(result);
          expect(await tried(await propose(on, deed({ incident: null })), on)).toBe(result.kind);
        }
      }
      const next = async (tool = 'restart-service') =>
        status(await propose(careful(), deed({ incident: null, tool })));
      const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

      test('stays closed at four failures of ten', async () => {
        await ended([...times(4, failed), ...times(6, done)]);
        expect(await next()).toBe('ready');
      });

      test('opens at five of ten, for this worker and tool alone, and then a person is asked', async () => {
        await ended([...times(4, failed), ...times(5, done), failed]);
        const id = await propose(careful(), deed({ incident: null }));
        expect(await status(id)).toBe('waiting');
        expect((await story.asked(id)).question.because).toEqual([
          'The circuit breaker is open: 5 of the last 10 restart-service of ada did not succeed. A person decides until it is closed with /roster breaker.',
        ]);
        expect(await next('rotate-logs')).toBe('ready');
        await story.says(id, approve);
        expect(await tried(id, careful())).toBe('done');
      });

      test('forgets what lies further back than ten', async () => {
        await ended([failed, ...times(6, done), ...times(4, failed)]);
        expect(await next()).toBe('ready');
      });

      test('opened between proposing and running, it asks', async () => {
        const id = await propose(careful(), deed({ incident: null }));
        await ended(times(5, failed));
        expect([await tried(id, careful()), begun(id)]).toEqual(['waiting', 0]);
      });

      test('is closed by a person, after which only what fails then counts', async () => {
        await ended(times(5, failed));
        expect(await next()).toBe('waiting');
        await closeBreaker(gateway, { worker: ada.worker, tool: 'restart-service' }, maria.id);
        expect(await next()).toBe('ready');
        await ended(times(4, failed));
        expect(await next()).toBe('ready');
        await ended([failed]);
        expect(await next()).toBe('waiting');
      });
    });

    describe('a loop', () => {
      const because = 'The same was done before on this incident and nothing new has been learnt since.';
      const on = (incident: IncidentId, changed = {}) => propose(gateway, deed({ incident, ...changed }));

      test.each<[string, Progress]>([
        ['done', done],
        ['failed', failed],
      ])('the same again after it was %s is asked for', async (_, progress) => {
        const incident = newIncident();
        const first = await on(incident);
        const ends = { ...gateway, tools: [story.outside.tool({ start: async () => progress })] };
        expect(await tried(first, ends)).toBe(progress.kind);
        const again = await on(incident);
        expect(await status(again)).toBe('waiting');
        expect((await story.asked(again)).question.because).toEqual([because]);
        await story.says(again, approve);
        expect([await tried(again), begun(again)]).toEqual(['done', 1]);
      });

      test('of fifty of the same at once one runs, and the rest are asked for', async () => {
        const incident = newIncident();
        const ids = await Promise.all(
          Array.from({ length: 50 }, async () => {
            const id = await on(incident);
            await advance(gateway, id);
            return id;
          }),
        );
        await Promise.all(ids.map((id) => advance(gateway, id)));
        const found = await Promise.all(ids.map(status));
        expect(found.filter((one) => one === 'done')).toHaveLength(1);
        expect(found.filter((one) => one === 'waiting')).toHaveLength(49);
        expect(ids.flatMap((id) => story.outside.begun(id))).toHaveLength(1);
      });

      test('is not another target, another incident, or none', async () => {
        const incident = newIncident();
        await tried(await on(incident));
        expect(await status(await on(incident, { arguments: { server: 'web-2' } }))).toBe('ready');
        expect(await status(await on(newIncident()))).toBe('ready');
        expect(await status(await alone())).toBe('ready');
        expect(await status(await alone())).toBe('ready');
      });

      test('is not the same once a new signal has come', async () => {
        const incident = newIncident();
        await tried(await on(incident));
        await sql`insert into signal (id, fingerprint, service, metric, value, mean, deviation, z, incident)
          values (${`sig-${incident}`}, 'f', 'checkout', 'error_rate', 40, 1, 1, 39, ${incident})`.execute(
          gateway.db,
        );
        expect(await status(await on(incident))).toBe('ready');
      });
    });

    describe("a worker's day", () => {
      const most = 7;
      const tight = (): Gateway => ({
        ...gateway,
        policy: { ...gateway.policy, limits: { ...policy.limits, budgets: { worker_day: { calls: most } } } },
      });

      test('holds no more calls than its budget, of twenty that begin at once', async () => {
        const ids = await Promise.all(Array.from({ length: 20 }, () => alone()));
        await Promise.all(ids.map((id) => advance(tight(), id)));
        const found = await Promise.all(ids.map(status));
        expect(found.filter((one) => one === 'done')).toHaveLength(most);
        expect(found.filter((one) => one === 'refused')).toHaveLength(20 - most);
        expect(ids.flatMap((id) => story.outside.begun(id))).toHaveLength(most);
        const left = ids[found.indexOf('refused')] as ActionId;
        expect((await story.action(left))?.output).toBe(
          "All 7 calls of this worker's day are used: go on tomorrow, or have a person do it.",
        );
      });

      test('is the same for what a person approved', async () => {
        for (let n = 0; n < most; n++) expect(await tried(await alone(), tight())).toBe('done');
        const { policy: budget } = tight();
        const id = await propose({ ...gateway, policy: budget }, deed({ incident: null, tool: 'roll-back' }));
        await story.says(id, approve);
        expect([await tried(id, tight()), begun(id)]).toEqual(['refused', 0]);
      });

      test('begins anew with the next, and each worker has one of its own', async () => {
        for (let n = 0; n < most; n++) await tried(await alone(), tight());
        expect(await tried(await alone(), tight())).toBe('refused');
        const bo = { ...ada, worker: 'bo' as typeof ada.worker };
        const both = { ...tight(), charterOf: (id: string) => (id === 'bo' ? bo : ada) };
        expect(await tried(await propose(both, deed({ incident: null, worker: bo.worker })), both)).toBe(
          'done',
        );
        await sql`update budget_used set name = 'yesterday:' || name`.execute(gateway.db);
        expect(await tried(await alone(), tight())).toBe('done');
      });
    });

    test('a kill switch that is being thrown waits for what is deciding, and what decides later sees it', async () => {
      if (name === 'embedded') return;
      const id = await approved();
      let meanwhile: Promise<unknown> = Promise.resolve();
      await transact(gateway.db, async (tx) => {
        await sql`select pg_advisory_xact_lock(5870110203)`.execute(tx);
        await sql`insert into kill_switch (scope, thrown_by) values ('all', ${'p-maria' as PersonId})`.execute(
          tx,
        );
        meanwhile = advance(gateway, id);
        const count = async () => {
          // Else a transaction sees those connected at its first look, however often it looks.
          await sql`select pg_stat_clear_snapshot()`.execute(tx);
          const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_locks l
            join pg_stat_activity a using (pid) where not granted and a.datname = current_database()`.execute(
            tx,
          );
          return rows[0]?.n;
        };
        await expect.poll(count, { timeout: 15_000 }).toBe(1);
      });
      await meanwhile;
      expect([await status(id), begun(id)]).toEqual(['refused', 0]);
    });
  });
}
