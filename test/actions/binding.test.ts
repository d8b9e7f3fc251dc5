import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { propose } from '../../src/actions/propose.ts';
import type { ActionId } from '../../src/ids.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { databases } from '../databases.ts';
import { ada, deed, newIncident, openStory, type Story, takeOver } from './story.ts';

const approve = { kind: 'approve' } as const;
const changed = 'The action, its charter or the policy changed after it was asked for.';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`on ${name}`, () => {
    let story: Story;
    let gateway: Gateway;
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
    });
    afterAll(() => story?.close());

    const begun = (id: ActionId) => story.outside.begun(id).length;
    const rollBack = (tool: Partial<AnyTool>): Partial<Gateway> => ({
      tools: [story.outside.tool({ name: 'roll-back', risk: 'medium', ...tool })],
    });
    const under = (over: Partial<typeof ada>): Partial<Gateway> => ({
      charterOf: () => ({ ...ada, ...over }),
    });

    /** What can be different between the question and the deed, and why the deed is then not done. */
    const differences: [what: string, now: (id: ActionId) => Promise<Partial<Gateway>>, because: string][] = [
      [
        'other arguments',
        async (id) => {
          await sql`update action set arguments = '{"server":"db-1"}' where id = ${id}`.execute(gateway.db);
          return {};
        },
        changed,
      ],
      ['another version of the tool', async () => rollBack({ version: 2 }), changed],
      ['another target by the same arguments', async () => rollBack({ target: () => 'everything' }), changed],
      ['another version of the charter', async () => under({ version: 2 }), changed],
      ['another policy', async () => ({ policy: { ...gateway.policy, version: '2' } }), changed],
      [
        'a charter that no longer has it',
        async () => under({ authority: { ...ada.authority, ask: [] } }),
        "roll-back is outside Ada's charter: add it there or have a person do it.",
      ],
      [
        'no signature any more',
        async () => ({ signedFor: 'nobody' }),
        'There is no signed operating charter: have it signed off before workers may change anything.',
      ],
      ['no such tool any more', async () => ({ tools: [] }), 'There is no tool roll-back here.'],
      [
        'no such worker any more',
        async () => ({ charterOf: () => undefined }),
        'There is no charter for the worker ada.',
      ],
    ];
    test.each(differences)('what was approved is not run with %s', async (_, differently, because) => {
      const incident = newIncident();
      const id = await propose(gateway, deed({ tool: 'roll-back', incident }));
      await story.says(id, approve);
      await advance({ ...gateway, ...(await differently(id)) }, id);
      await advance(gateway, id);
      expect(begun(id)).toBe(0);
      expect(await story.action(id)).toMatchObject({ status: 'refused', output: because });
      expect(await story.asked(id)).toMatchObject({
        status: 'approved',
        outcome: `${because} Nothing was run.`,
      });
      expect(await story.due('remediate', incident)).toBe(1);
    });

    test('an approval is for the newest of a thing that was asked for late', async () => {
      const id = await propose(gateway, deed());
      const later = {
        ...gateway,
        ...under({ version: 2, authority: { ...ada.authority, autonomous: [], ask: ['restart-service'] } }),
      };
      await advance(later, id);
      await story.says(id, approve);
      await advance(later, id);
      expect(begun(id)).toBe(1);
      expect(await story.action(id)).toMatchObject({ status: 'done', charter: 'ada@2' });
    });

    describe('an incident that a person takes over', () => {
      test('withdraws what is still asked, and nothing of it runs', async () => {
        const incident = newIncident();
        const open = await propose(gateway, deed({ tool: 'roll-back', incident }));
        const approved = await propose(gateway, deed({ tool: 'roll-back', incident }));
        const ready = await propose(gateway, deed({ incident }));
        await story.says(approved, approve);
        await takeOver(gateway, incident);
        for (const id of [open, approved, ready]) {
          expect(await story.due('advance-action', id)).toBeGreaterThan(0);
          await advance(gateway, id);
          expect(begun(id)).toBe(0);
          expect((await story.action(id))?.status).toBe('refused');
        }
        expect((await story.asked(open)).status).toBe('withdrawn');
        expect(await story.says(open, approve)).toEqual({
          kind: 'settled',
          because: 'This request was withdrawn: it is no longer needed.',
        });
      });

      test('refuses what is proposed afterwards', async () => {
        const incident = newIncident();
        await takeOver(gateway, incident);
        await takeOver(gateway, incident);
        const id = await propose(gateway, deed({ incident }));
        await advance(gateway, id);
        expect([(await story.action(id))?.status, begun(id)]).toEqual(['refused', 0]);
      });

      test('lets what is running come to its end', async () => {
        const incident = newIncident();
        const slow = {
          ...gateway,
          tools: [story.outside.tool({ start: async (_, key) => story.outside.begin(key) })],
        };
        const id = await propose(slow, deed({ incident }));
        await advance(slow, id);
        await takeOver(slow, incident);
        story.outside.end(id, { kind: 'done', output: 'restarted' });
        await advance(slow, id);
        expect([(await story.action(id))?.status, begun(id)]).toEqual(['done', 1]);
      });
    });

    test('without an audit there is no side effect', async () => {
      const id = await propose(gateway, deed());
      await sql`alter function audit_append(text, text[]) rename to audit_append_away`.execute(gateway.db);
      const incident = newIncident();
      await expect(propose(gateway, deed({ incident }))).rejects.toThrow('audit_append');
      await expect(advance(gateway, id)).rejects.toThrow('audit_append');
      await expect(takeOver(gateway, incident)).rejects.toThrow('audit_append');
      await sql`alter function audit_append_away(text, text[]) rename to audit_append`.execute(gateway.db);
      expect([(await story.action(id))?.status, begun(id)]).toEqual(['ready', 0]);
      expect(await story.due('remediate', incident)).toBe(0);
      await advance(gateway, id);
      expect([(await story.action(id))?.status, begun(id)]).toEqual(['done', 1]);
    });
  });
}
