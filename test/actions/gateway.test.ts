import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { propose } from '../../src/actions/propose.ts';
import { actionsOf } from '../../src/actions/read.ts';
import { lapse } from '../../src/approvals/lapse.ts';
import type { ActionId, PersonId } from '../../src/ids.ts';
import { databases } from '../databases.ts';
import { ada, deed, guest, newIncident, openStory, type Story } from './story.ts';

const approve = { kind: 'approve' } as const;
const reject = { kind: 'reject', reason: 'Not on a Friday.' } as const;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the gateway on ${name}`, () => {
    let story: Story;
    let gateway: Gateway;
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
    });
    afterAll(() => story?.close());

    const status = async (id: ActionId) => (await story.action(id))?.status;
    const begun = (id: ActionId) => story.outside.begun(id).length;
    const expire = async (id: ActionId) => {
      const { id: approval } = await story.asked(id);
      await sql`update approval set expires_at = clock_timestamp() where id = ${approval}`.execute(
        gateway.db,
      );
    };
    /** A roll-back somebody approved, not yet begun. */
    const approved = async () => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      expect((await story.says(id, approve)).kind).toBe('recorded');
      return id;
    };

    test('a low-risk deed runs alone, once, and its row says running before the tool is called', async () => {
      let before: string | undefined;
      const watching = story.outside.tool({
        start: async (_, key) => {
          before = await status(key as ActionId);
          story.outside.begin(key);
          return { kind: 'done', output: 'ok' };
        },
      });
      const id = await propose(gateway, deed());
      expect(await status(id)).toBe('ready');
      expect(await story.due('advance-action', id)).toBe(1);
      await advance({ ...gateway, tools: [watching] }, id);
      await advance(gateway, id);
      expect(before).toBe('running');
      expect(begun(id)).toBe(1);
      expect(await story.action(id)).toMatchObject({ status: 'done', autonomous: true, output: 'ok' });
      expect(await story.happened(id)).toEqual(['action.proposed', 'action.running', 'action.ended']);
    });

    test('a medium-risk deed is asked for, and runs once it is approved', async () => {
      const incident = newIncident();
      const id = await propose(gateway, deed({ tool: 'roll-back', incident }));
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
      expect((await story.says(id, approve)).kind).toBe('recorded');
      expect(await story.due('advance-action', id)).toBe(1);
      await advance(gateway, id);
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['done', 1]);
      expect((await story.asked(id)).outcome).toBe('Done: Restart checkout on web-1.');
      expect(await story.due('remediate', incident)).toBe(1);
      expect(await story.happened(id)).toEqual([
        'action.proposed',
        'approval.asked',
        'approval.answered',
        'action.running',
        'action.ended',
      ]);
    });

    test('what was rejected never runs', async () => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      await story.says(id, reject);
      expect((await story.says(id, approve)).kind).toBe('settled');
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['rejected', 0]);
    });

    test('who may not decide changes nothing', async () => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      expect((await story.says(id, approve, guest)).kind).toBe('not-yours');
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
    });

    test('an approval nobody gave in time never runs, before and after it has lapsed', async () => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      await expire(id);
      expect((await story.says(id, approve)).kind).toBe('expired');
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
      await lapse(gateway, (await story.asked(id)).id);
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
      // The second round has ended as well.
      await expire(id);
      await lapse(gateway, (await story.asked(id)).id);
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['lapsed', 0]);
    });

    test('an approval given in time runs nothing once its time is up, by the clock of the database', async () => {
      const id = await approved();
      await expire(id);
      await lapse(gateway, (await story.asked(id)).id);
      const slow = { ...gateway, now: () => new Date('2020-01-01') };
      await advance(slow, id);
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['lapsed', 0]);
      const because = 'The approval ran out before it could be used. Nothing was run.';
      expect((await story.action(id))?.output).toBe(because);
      expect(await story.asked(id)).toMatchObject({ status: 'approved', outcome: because });
      expect(await story.happened(id)).not.toContain('action.running');
    });

    test('an approval is used up once, however many processes go on with it at once', async () => {
      const id = await approved();
      await Promise.all(Array.from({ length: 20 }, () => advance(gateway, id)));
      // The queue lets one go on with an action at a time; without it another may find the call unanswered and say so.
      expect(['done', 'indeterminate']).toContain(await status(id));
      expect(begun(id)).toBe(1);
      const { rows } = await sql`select 1 from approval
        where action = ${id} and consumed_at is not null and consumed_at < expires_at`.execute(gateway.db);
      expect(rows).toHaveLength(1);
      expect((await story.happened(id)).filter((kind) => kind === 'action.running')).toHaveLength(1);
    });

    test('an approval that was used once runs nothing again, whatever becomes of the row', async () => {
      const id = await approved();
      await advance(gateway, id);
      await sql`update action set status = 'waiting', ended_at = null where id = ${id}`.execute(gateway.db);
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['lapsed', 1]);
    });

    test('who asked for it and who answers for the worker do not approve it', async () => {
      const sam = { id: 'p-sam' as PersonId, roles: ['governor', 'on-call'] };
      const id = await propose(gateway, deed({ tool: 'roll-back', requestedBy: sam.id }));
      const manager = { ...sam, id: ada.accountable };
      expect((await story.says(id, approve, sam)).kind).toBe('not-yours');
      expect((await story.says(id, approve, manager)).kind).toBe('not-yours');
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
      expect((await story.asked(id)).excluded).toEqual([ada.accountable, sam.id]);
      expect((await story.says(id, approve)).kind).toBe('recorded');
    });

    test('a deed of high risk waits for two people, of whom the first types its target', async () => {
      const governor = { id: 'p-gov' as PersonId, roles: ['governor'] };
      const grave = { ...gateway, tools: [story.outside.tool({ name: 'roll-back', risk: 'high' })] };
      const id = await propose(grave, deed({ tool: 'roll-back' }));
      expect((await story.says(id, approve, governor)).kind).toBe('type-target');
      const typed = { kind: 'approve', typed: 'web-1' } as const;
      expect(await story.says(id, typed, governor)).toMatchObject({ kind: 'recorded', complete: false });
      await advance(grave, id);
      expect((await story.says(id, typed, governor)).kind).toBe('settled');
      await advance(grave, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
      expect(await story.says(id, approve)).toMatchObject({ kind: 'recorded', complete: true });
      await advance(grave, id);
      expect([await status(id), begun(id)]).toEqual(['done', 1]);
    });

    test('a step proposed ten times at once is one action and one question', async () => {
      const incident = newIncident();
      const step = deed({ incident, step: 0, tool: 'roll-back' });
      const ids = await Promise.all(Array.from({ length: 10 }, () => propose(gateway, step)));
      expect(new Set(ids).size).toBe(1);
      expect(await actionsOf(gateway.db, incident)).toHaveLength(1);
      expect(await story.happened(ids[0] as ActionId)).toEqual(['action.proposed', 'approval.asked']);
    });

    test('what was allowed when it was proposed is asked for when that is no longer so', async () => {
      const id = await propose(gateway, deed());
      const strict: Gateway = {
        ...gateway,
        policy: { ...gateway.policy, version: '2', risk: { low: 'ask', medium: 'ask', high: 'ask' } },
      };
      await advance(strict, id);
      expect([await status(id), begun(id)]).toEqual(['waiting', 0]);
      expect((await story.asked(id)).question.because).toEqual(['A low-risk change needs an approval.']);
      await story.says(id, approve);
      await advance(strict, id);
      expect([await status(id), begun(id)]).toEqual(['done', 1]);
      expect(await story.action(id)).toMatchObject({ autonomous: false, policy: '2' });
    });

    test('a tool that fails says what came back, and the next step is not begun by itself', async () => {
      const incident = newIncident();
      const id = await propose(gateway, deed({ incident }));
      const failing = story.outside.tool({
        start: async () => ({
          kind: 'failed',
          because: 'AWX job 7 ended as failed.',
          output: 'no route\u0000\uD83D',
        }),
      });
      await advance({ ...gateway, tools: [failing] }, id);
      expect(await story.action(id)).toMatchObject({
        status: 'failed',
        output: 'no route\uFFFD\uFFFD',
      });
      expect(await story.due('remediate', incident)).toBe(1);
    });

    test.each([
      ['a tool nobody knows', { tool: 'unheard-of' }, 'There is no tool unheard-of here.'],
      [
        'arguments it does not take',
        { arguments: { server: 5 } },
        'restart-service does not take these arguments: server: Invalid input: expected string, received number.',
      ],
      [
        'arguments nobody could store',
        { arguments: { server: 'web\u0000' } },
        /characters that cannot be stored/,
      ],
      ['a worker without a charter', { worker: 'bo' as never }, 'There is no charter for the worker bo.'],
    ])('%s is a mistake, and leaves nothing behind', async (_, changed, because) => {
      const incident = newIncident();
      await expect(propose(gateway, deed({ incident, ...changed }))).rejects.toThrow(because);
      expect(await actionsOf(gateway.db, incident)).toEqual([]);
    });

    test('what policy refuses is written down, ended, and told to the incident', async () => {
      const id = await propose(gateway, deed({ tool: 'wipe' }));
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['refused', 0]);
      expect((await story.action(id))?.output).toBe("Ada's charter says never to wipe.");
      expect(await story.happened(id)).toEqual(['action.proposed', 'action.decided', 'action.ended']);
    });

    test('reasons and evidence with characters that Postgres cannot hold are kept, mended', async () => {
      const odd = 'line \u0000 cut \uD83D';
      const id = await propose(gateway, deed({ why: odd, evidence: [odd], tool: 'roll-back' }));
      await story.says(id, { kind: 'reject', reason: odd });
      expect((await story.asked(id)).answers.map(({ reason }) => reason)).toEqual(['line \uFFFD cut \uFFFD']);
      expect((await story.action(id))?.question.evidence).toEqual(['line \uFFFD cut \uFFFD']);
    });
  });
}
