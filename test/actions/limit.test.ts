import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { propose } from '../../src/actions/propose.ts';
import type { ActionId, IncidentId } from '../../src/ids.ts';
import { databases } from '../databases.ts';
import { deed, newIncident, openStory, type Story } from './story.ts';

const approve = { kind: 'approve' } as const;

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`changes made alone on one incident, on ${name}`, () => {
    let story: Story;
    let gateway: Gateway;
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
    });
    afterAll(() => story?.close());

    let servers = 0;
    /** A deed that was not done before, so that only the limit stands against it. */
    const another = (incident: IncidentId | null, tool = 'restart-service') =>
      deed({ incident, tool, arguments: { server: `web-${servers++}` } });
    const attempts = (count: number, one: () => Promise<ActionId>) =>
      Promise.all(Array.from({ length: count }, one));
    const proposed = (incident: IncidentId | null, count: number, tool = 'restart-service') =>
      attempts(count, () => propose(gateway, another(incident, tool)));
    async function advanced(ids: ActionId[]): Promise<{ done: ActionId[]; waiting: ActionId[] }> {
      await Promise.all(ids.map((id) => advance(gateway, id)));
      const found = await Promise.all(ids.map((id) => story.action(id)));
      const with_ = (status: string) => found.flatMap((one) => (one?.status === status ? [one.id] : []));
      return { done: with_('done'), waiting: with_('waiting') };
    }
    const times = (ids: ActionId[]) => ids.flatMap((id) => story.outside.begun(id)).length;

    test('of fifty proposed and run at the same time exactly eight run, and the rest are asked for', async () => {
      const incident = newIncident();
      const ids = await attempts(50, async () => {
        const id = await propose(gateway, another(incident));
        await advance(gateway, id);
        return id;
      });
      const { done, waiting } = await advanced(ids);
      expect([done.length, waiting.length, times(ids)]).toEqual([8, 42, 8]);
      expect((await story.asked(waiting[0] as ActionId)).question.because).toEqual([
        'All 8 changes this incident allows alone are used: approving also grants more.',
      ]);
    });

    test('a person who says go on grants eight more, however many say it', async () => {
      const incident = newIncident();
      const { waiting } = await advanced(await proposed(incident, 12));
      expect(waiting).toHaveLength(4);
      for (const id of waiting.slice(0, 2)) await story.says(id, approve);
      const approved = await advanced(waiting.slice(0, 2));
      expect(approved.done).toHaveLength(2);
      const { done, waiting: more } = await advanced(await proposed(incident, 12));
      expect([done.length, more.length]).toEqual([8, 4]);
    });

    test('approved changes do not count, nor does a rejection grant anything', async () => {
      const incident = newIncident();
      const asked = await proposed(incident, 3, 'roll-back');
      for (const id of asked) await story.says(id, approve);
      expect((await advanced(asked)).done).toHaveLength(3);
      const { done, waiting } = await advanced(await proposed(incident, 9));
      expect([done.length, waiting.length]).toEqual([8, 1]);
      await story.says(waiting[0] as ActionId, { kind: 'reject', reason: 'Stop.' });
      await advanced(waiting);
      expect((await advanced(await proposed(incident, 1))).waiting).toHaveLength(1);
    });

    test('one incident does not use up another, and what belongs to none has no limit', async () => {
      expect((await advanced(await proposed(newIncident(), 8))).done).toHaveLength(8);
      expect((await advanced(await proposed(newIncident(), 8))).done).toHaveLength(8);
      expect((await advanced(await proposed(null, 9))).done).toHaveLength(9);
    });

    test('a policy of none has every change asked for', async () => {
      const none = {
        ...gateway,
        policy: {
          ...gateway.policy,
          limits: { ...gateway.policy.limits, autonomous_changes_per_incident: 0 },
        },
      };
      const id = await propose(none, deed());
      expect((await story.action(id))?.status).toBe('waiting');
      await story.says(id, approve);
      await advance(none, id);
      expect((await story.action(id))?.status).toBe('done');
    });
  });
}
