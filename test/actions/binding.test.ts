import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { propose } from '../../src/actions/propose.ts';
import { answer } from '../../src/approvals/answer.ts';
import type { Approval } from '../../src/approvals/approval.ts';
import { approval } from '../../src/approvals/read.ts';
import type { ActionId, PersonId } from '../../src/ids.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { databases } from '../databases.ts';
import { ada, deed, maria, newIncident, openStory, type Story, takeOver } from './story.ts';

const approve = { kind: 'approve' } as const;
const changed = 'The action, its charter or the policy changed since this was asked.';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`on ${name}`, () => {
    let story: Story;
    let gateway: Story['gateway'];
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

    /** As if it had been asked under other terms. */
    const askedUnder = async (id: ActionId, column: string, other: object) => {
      const was = sql`${sql.ref(column)} || ${JSON.stringify(other)}::jsonb`;
      await sql`update approval set ${sql.ref(column)} = ${was} where action = ${id}`.execute(gateway.db);
      return {};
    };
    const policyOf = (version: string): Partial<Gateway> => ({ policy: { ...gateway.policy, version } });

    /** What can be different between the question and the deed, and what is then shown to who is asked anew. */
    const differences: [
      what: string,
      now: (id: ActionId) => Promise<Partial<Gateway>>,
      asks: Partial<Approval['question']>,
    ][] = [
      [
        'other arguments',
        async (id) => {
          await sql`update action set arguments = '{"server":"db-1"}' where id = ${id}`.execute(gateway.db);
          return {};
        },
        { what: 'Restart checkout on db-1', target: 'db-1', arguments: '{"server":"db-1"}' },
      ],
      [
        'another version of the tool',
        async () => rollBack({ version: 2, what: () => 'Restart everything twice' }),
        { what: 'Restart everything twice', target: 'web-1' },
      ],
      [
        'another target by the same arguments',
        async () => rollBack({ target: () => 'everything' }),
        { target: 'everything', arguments: '{"server":"web-1"}' },
      ],
      ['another version of the charter', async () => under({ version: 2 }), {}],
      ['other contents of the charter of that version', async () => under({ tier: 3 }), {}],
      ['another policy', async () => policyOf('2'), {}],
      [
        'other contents of the policy of that version',
        async () => ({ policy: { ...gateway.policy, breaker: { window: 9_000, failures: 9_000 } } }),
        {},
      ],
      [
        'a policy that another process adopted',
        async () => ({
          async refresh(this: Gateway) {
            Object.assign(this, policyOf('2'));
          },
        }),
        {},
      ],
      ['another group that must approve', async () => rollBack({ risk: 'high' }), { risk: 'high' }],
      ['more time than there is now', (id) => askedUnder(id, 'terms', { minutes: 480 }), {}],
      ['a target to be typed that was not', (id) => askedUnder(id, 'terms', { type_target: true }), {}],
      ['others who may not approve it', (id) => askedUnder(id, 'excluded', ['p-other']), {}],
      [
        'a fact it relied on',
        async () => rollBack({ reliesOn: async () => ({ version: '42' }) }),
        { what: 'Restart checkout on web-1' },
      ],
    ];

    /** What is not in the digest, and why it is asked anew all the same. */
    const regrouped = 'Who must approve this, or how, changed since it was asked.';
    const undigested: Record<string, string> = {
      'a fact it relied on': 'The version was unknown when this was asked and is 42 now.',
      'another group that must approve': regrouped,
      'more time than there is now': regrouped,
      'a target to be typed that was not': regrouped,
      'others who may not approve it': regrouped,
    };
    const becauseOf = (what: string) => undigested[what] ?? changed;
    const bea = { id: 'p-bea' as PersonId, roles: ['governor'] };

    /** Put in place of the tools, the policy and the charter there were. */
    async function changedBetween(
      differently: (id: ActionId) => Promise<Partial<Gateway>>,
      answered: boolean,
    ): Promise<{ id: ActionId; later: Gateway; before: Approval }> {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      if (answered) await story.says(id, approve);
      const before = await story.asked(id);
      const later = { ...gateway, ...(await differently(id)) };
      await advance(later, id);
      return { id, later, before };
    }

    test.each(differences)(
      'what was approved is asked anew with %s, as it is now',
      async (what, differently, asks) => {
        const { id, later, before } = await changedBetween(differently, true);
        await advance(later, id);
        expect(begun(id)).toBe(0);
        const now = await story.asked(id);
        expect(await story.action(id)).toMatchObject({ status: 'waiting', digest: now.digest });
        expect(await approval(gateway.db, before.id)).toMatchObject({
          status: 'superseded',
          outcome: becauseOf(what),
        });
        expect(now.id).not.toBe(before.id);
        expect(now).toMatchObject({ status: 'open', answers: [], question: asks });
        expect(now.digest === before.digest).toBe(what in undigested);
        expect(await story.happened(id)).toEqual([
          'action.proposed',
          'approval.asked',
          'approval.answered',
          'approval.superseded',
          'action.decided',
          'approval.asked',
        ]);
        // The old card is no way in; the new one is.
        const late = { approval: before.id, person: maria, answer: approve };
        expect((await answer(gateway, late)).kind).toBe('settled');
        await advance(later, id);
        expect(begun(id)).toBe(0);
        for (const person of [maria, bea].slice(0, now.terms.seats.length))
          expect((await story.says(id, { ...approve, typed: now.question.target }, person)).kind).toBe(
            'recorded',
          );
        await advance(later, id);
        await advance(later, id);
        expect([(await story.action(id))?.status, begun(id)]).toEqual(['done', 1]);
      },
    );

    test.each(differences)('a question still open is asked anew with %s', async (what, differently, asks) => {
      const { id, before } = await changedBetween(differently, false);
      expect(await approval(gateway.db, before.id)).toMatchObject({
        status: 'superseded',
        outcome: becauseOf(what),
      });
      expect(await story.asked(id)).toMatchObject({ status: 'open', question: asks });
      expect(begun(id)).toBe(0);
    });

    test('the facts it relied on are those of the newest question', async () => {
      let version = '41';
      const drifting: Gateway = { ...gateway, ...rollBack({ reliesOn: async () => ({ version }) }) };
      const id = await propose(drifting, deed({ tool: 'roll-back' }));
      await story.says(id, approve);
      version = '42';
      await advance(drifting, id);
      expect(begun(id)).toBe(0);
      expect(await story.action(id)).toMatchObject({ status: 'waiting', reliedOn: { version: '42' } });
      await story.says(id, approve);
      version = '41';
      await advance(drifting, id);
      expect(begun(id)).toBe(0);
      await story.says(id, approve);
      await advance(drifting, id);
      expect(begun(id)).toBe(1);
    });

    test('while the facts it relied on cannot be read, it does not run, and waits', async () => {
      const id = await propose(gateway, deed({ tool: 'roll-back' }));
      await story.says(id, approve);
      const silent = rollBack({ reliesOn: async () => Promise.reject(new Error('AWX did not answer.')) });
      await expect(advance({ ...gateway, ...silent }, id)).rejects.toThrow('AWX did not answer.');
      expect([(await story.action(id))?.status, begun(id)]).toEqual(['waiting', 0]);
    });

    /** What ends it, and why. */
    const ends: [what: string, now: () => Promise<Partial<Gateway>>, because: string][] = [
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
    test.each(ends)('what was approved is not run with %s', async (_, differently, because) => {
      const incident = newIncident();
      const id = await propose(gateway, deed({ tool: 'roll-back', incident }));
      await story.says(id, approve);
      await advance({ ...gateway, ...(await differently()) }, id);
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
