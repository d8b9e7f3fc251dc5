import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Health } from '../../src/actions/action.ts';
import { advance } from '../../src/actions/advance.ts';
import { closeBreaker, halfOpenBreaker } from '../../src/actions/breaker.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { noteHealth } from '../../src/actions/health.ts';
import { propose } from '../../src/actions/propose.ts';
import type { ActionId, IncidentId } from '../../src/ids.ts';
import { save } from '../../src/jobs/save.ts';
import type { Progress } from '../../src/tools/tool.ts';
import { databases } from '../databases.ts';
import { policy } from '../policy/facts.ts';
import { ada, deed, maria, newIncident, openStory, type Story } from './story.ts';

const done: Progress = { kind: 'done', output: 'restarted' };
const failed: Progress = { kind: 'failed', because: 'It ended as failed.' };
const tool = { worker: ada.worker, tool: 'restart-service' };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the circuit breaker, on ${name}`, () => {
    let story: Story;
    beforeAll(async () => {
      story = await openStory(await open());
    });
    afterEach(() =>
      sql`truncate breaker_reset, budget_used, budget_reserved, action`.execute(story.gateway.db),
    );
    afterAll(() => story?.close());

    const careful = (result: Progress | undefined): Gateway => ({
      ...story.gateway,
      policy,
      tools: [story.outside.tool({ start: async (_, key) => result ?? story.outside.begin(key) })],
    });
    const proposed = (on: Gateway, incident: IncidentId | null = null) =>
      propose(on, deed({ incident, step: incident ? 0 : null }));
    const status = async (id: ActionId) => (await story.action(id))?.status;
    async function ended(
      result: Progress | undefined,
      incident: IncidentId | null = null,
    ): Promise<ActionId> {
      const on = careful(result);
      const id = await proposed(on, incident);
      await advance(on, id);
      return id;
    }
    const judge = (incident: IncidentId, health: Health) =>
      save(story.gateway, async (tx) => {
        const by = { roster: 'test' };
        const entries = await noteHealth(tx, { incident, since: 0 }, health, by);
        return { result: entries.length, entries, jobs: [] };
      });
    const next = async () => status(await proposed(careful(done)));

    test.each<[Health, string]>([
      ['worse', 'waiting'],
      ['same', 'waiting'],
      ['better', 'ready'],
    ])('counts five that were done and after which it was %s: the next is %s', async (health, then) => {
      for (let n = 0; n < 5; n += 1) {
        const incident = newIncident();
        expect(await status(await ended(done, incident))).toBe('done');
        expect(await judge(incident, health)).toBe(1);
      }
      expect(await next()).toBe(then);
    });

    test('what came of an action is noted once and for ever, and is in the audit', async () => {
      const incident = newIncident();
      const id = await ended(done, incident);
      await judge(incident, 'worse');
      expect(await judge(incident, 'better')).toBe(0);
      expect(await story.action(id)).toMatchObject({ health: 'worse' });
      expect((await story.happened(id)).filter((kind) => kind === 'action.judged')).toHaveLength(1);
    });

    describe('half opened by a person', () => {
      async function opened() {
        for (let n = 0; n < 5; n += 1) await ended(failed);
        expect(await next()).toBe('waiting');
        await sql`delete from action where status = 'waiting'`.execute(story.gateway.db);
        await halfOpenBreaker(story.gateway, tool, maria.id);
      }

      test('it lets one through, and when that succeeds it is closed', async () => {
        await opened();
        await ended(done);
        for (let n = 0; n < 4; n += 1) await ended(failed);
        expect(await next()).toBe('ready');
      });

      test('when that fails it is open again, until a person closes it', async () => {
        await opened();
        await ended(failed);
        const id = await proposed(careful(done));
        expect((await story.asked(id)).question.because).toEqual([
          'The circuit breaker is open again: the one restart-service of ada that was tried did not succeed. A person decides until it is closed with /roster breaker.',
        ]);
        await closeBreaker(story.gateway, tool, maria.id);
        expect(await next()).toBe('ready');
      });

      test('of twenty that begin at once one does, and the rest ask while it runs', async () => {
        await opened();
        const slow = careful(undefined);
        const ids = await Promise.all(Array.from({ length: 20 }, () => proposed(slow)));
        await Promise.all(ids.map((id) => advance(slow, id)));
        const found = await Promise.all(ids.map(status));
        expect(found.filter((one) => one === 'running')).toHaveLength(1);
        expect(found.filter((one) => one === 'waiting')).toHaveLength(19);
      });

      test('a success after which it was worse is a failure', async () => {
        await opened();
        const incident = newIncident();
        await ended(done, incident);
        expect(await next()).toBe('ready');
        await judge(incident, 'worse');
        expect(await next()).toBe('waiting');
      });
    });
  });
}
