import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import { propose } from '../../src/actions/propose.ts';
import type { ActionId } from '../../src/ids.ts';
import { databases } from '../databases.ts';
import { deed, newIncident, openStory, type Story } from './story.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the same deed for two incidents, on ${name}`, () => {
    let story: Story;
    beforeAll(async () => {
      story = await openStory(await open());
    });
    afterAll(() => story?.close());

    /** Proposed for two incidents before either begins. */
    const both = async (changed: Parameters<typeof deed>[0] = {}) => {
      const one = () => propose(story.gateway, deed({ ...changed, step: 0, incident: newIncident() }));
      return [await one(), await one()] as [ActionId, ActionId];
    };
    const status = async (id: ActionId) => (await story.action(id))?.status;

    test('waits while it runs for the first, and is not done again once that is done', async () => {
      const [first, second] = await both();
      const slow = story.outside.tool({
        start: async () => ({ kind: 'running', handle: 'job 1' }),
        look: async () => ({ kind: 'running', handle: 'job 1' }),
      });
      const gateway = { ...story.gateway, tools: [slow] };
      await advance(gateway, first);
      await advance(gateway, second);
      expect([await status(first), await status(second)]).toEqual(['running', 'ready']);
      expect(await story.due('advance-action', second)).toBeGreaterThan(0);
      const ended = story.outside.tool({ look: async () => ({ kind: 'done', output: 'ok' }) });
      await advance({ ...gateway, tools: [ended] }, first);
      await advance({ ...gateway, tools: [ended] }, second);
      expect(await story.action(second)).toMatchObject({
        status: 'refused',
        output: expect.stringMatching(
          /was done for inc-\S+ since this was proposed, so it is not done again\.$/,
        ),
      });
      expect(story.outside.begun(second)).toHaveLength(0);
    });

    test('of twenty pairs that begin at once, one each is done', async () => {
      for (let nth = 0; nth < 20; nth += 1) {
        const pair = await both({ arguments: { server: `shop-${nth}` } });
        await Promise.all(pair.map((id) => advance(story.gateway, id)));
        await Promise.all(pair.map((id) => advance(story.gateway, id)));
        expect(pair.flatMap((id) => story.outside.begun(id))).toHaveLength(1);
        expect((await Promise.all(pair.map(status))).toSorted()).toEqual(['done', 'refused']);
      }
    });

    test('what was proposed after that, or is another deed, is done', async () => {
      const before = await propose(story.gateway, deed({ step: 0, incident: newIncident() }));
      const other = await propose(
        story.gateway,
        deed({ step: 0, incident: newIncident(), arguments: { server: 'another' } }),
      );
      await advance(story.gateway, before);
      const after = await propose(story.gateway, deed({ step: 0, incident: newIncident() }));
      for (const id of [other, after]) await advance(story.gateway, id);
      expect(await Promise.all([before, other, after].map(status))).toEqual(['done', 'done', 'done']);
    });
  });
}
