import { afterAll, beforeAll, describe, type ExpectStatic, expect, test } from 'vitest';
import type { Gateway } from '../../src/actions/gateway.ts';
import { propose } from '../../src/actions/propose.ts';
import type { Answer } from '../../src/approvals/approval.ts';
import { openApprovals } from '../../src/approvals/read.ts';
import { verify } from '../../src/audit/verify.ts';
import type { ActionId } from '../../src/ids.ts';
import { databases } from '../databases.ts';
import { deed, gatewayJobs, openStory, type Story } from './story.ts';

const inTime = { timeout: 15_000, interval: 20 };
const approve: Answer = { kind: 'approve' };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`deeds and the queue that works them off, on ${name}`, () => {
    let story: Story;
    let gateway: Gateway;
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
      const { outside } = story;
      gateway.tools = [
        outside.tool(),
        outside.tool({ name: 'rotate-logs', start: async (_, key) => outside.begin(key) }),
        outside.tool({ name: 'roll-back', risk: 'medium', start: async (_, key) => outside.begin(key) }),
        outside.tool({
          name: 'flush',
          start: async (_, key) => {
            outside.begin(key);
            throw new Error('The answer was lost.');
          },
        }),
        outside.tool({ name: 'scale', risk: 'high' }),
      ];
      const charter = gateway.charterOf('ada' as never);
      if (!charter) throw new Error('There is no charter.');
      const authority = {
        ...charter.authority,
        autonomous: ['restart-service', 'rotate-logs', 'flush', 'scale'],
      };
      gateway.charterOf = () => ({ ...charter, authority });
      gateway.policy = {
        ...gateway.policy,
        ask: { ...gateway.policy.ask, high: { seats: [['on-call']], minutes: 0.02, type_target: false } },
      };
      await gateway.queue.work(gatewayJobs(gateway), []);
    });
    afterAll(() => story?.close());

    const ends = (expect: ExpectStatic, id: ActionId, status: string) =>
      expect.poll(async () => (await story.action(id))?.status, inTime).toBe(status);
    const begun = (id: ActionId) => story.outside.begun(id).length;

    test.concurrent('one that is done at once', async ({ expect }) => {
      const id = await propose(gateway, deed());
      await ends(expect, id, 'done');
      expect(begun(id)).toBe(1);
    });

    test.concurrent('one that takes its time is looked at until it ends', async ({ expect }) => {
      const id = await propose(gateway, deed({ tool: 'rotate-logs' }));
      await expect.poll(async () => (await story.action(id))?.handle, inTime).toBe(`job of ${id}`);
      story.outside.end(id, { kind: 'done', output: 'rotated' });
      await ends(expect, id, 'done');
      expect(begun(id)).toBe(1);
    });

    test.concurrent('one that twenty people approve at once is done once', async ({ expect }) => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      const judged = await Promise.all(Array.from({ length: 20 }, () => story.says(id, approve)));
      expect(judged.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
      await expect.poll(() => begun(id), inTime).toBe(1);
      story.outside.end(id, { kind: 'done', output: 'rolled back' });
      await ends(expect, id, 'done');
      expect(begun(id)).toBe(1);
    });

    test.concurrent('one that is made due ten times at once is done once', async ({ expect }) => {
      const id = await propose(gateway, deed());
      await gateway.db.transaction().execute(async (tx) => {
        for (let n = 0; n < 10; n++) await gateway.queue.add(tx, { name: 'advance-action', action: id });
      });
      await ends(expect, id, 'done');
      await expect.poll(() => story.due('advance-action', id), inTime).toBe(0);
      expect(begun(id)).toBe(1);
    });

    test.concurrent('one whose answer was lost is found again', async ({ expect }) => {
      const id = await propose(gateway, deed({ tool: 'flush' }));
      await expect.poll(() => begun(id), inTime).toBe(1);
      story.outside.end(id, { kind: 'done', output: 'flushed' });
      await ends(expect, id, 'done');
      expect(begun(id)).toBe(1);
    });

    test.concurrent('one that nobody answers lapses by itself', async ({ expect }) => {
      const id = await propose(gateway, deed({ tool: 'scale' }));
      await ends(expect, id, 'lapsed');
      expect(begun(id)).toBe(0);
    });

    test.concurrent('one that is rejected', async ({ expect }) => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      await story.says(id, { kind: 'reject', reason: 'no' });
      await ends(expect, id, 'rejected');
      expect(begun(id)).toBe(0);
    });

    test('leave no question open and an unbroken chain', async () => {
      expect(await openApprovals(gateway.db)).toEqual([]);
      expect(await verify(gateway.db)).toMatchObject({ kind: 'intact' });
    });
  });
}
