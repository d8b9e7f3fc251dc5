import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { advance } from '../../src/actions/advance.ts';
import { beginAfresh } from '../../src/actions/hold.ts';
import { kill, unkill } from '../../src/actions/kill.ts';
import { propose } from '../../src/actions/propose.ts';
import { actionsOf } from '../../src/actions/read.ts';
import { rollBack } from '../../src/actions/roll-back.ts';
import type { ActionId, IncidentId } from '../../src/ids.ts';
import { save } from '../../src/jobs/save.ts';
import type { AnyTool } from '../../src/tools/tool.ts';
import { databases } from '../databases.ts';
import { ada, deed, maria, newIncident, openStory, type Story } from './story.ts';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`rolling an action back, on ${name}`, () => {
    let story: Story;
    beforeAll(async () => {
      story = await openStory(await open());
      story.gateway.tools.push(switching());
      ada.authority.ask.push('switch');
    });
    afterAll(() => {
      ada.authority.ask.pop();
      return story?.close();
    });

    /** Turns something on or off: each is the inverse of the other. */
    function switching(): AnyTool {
      return story.outside.tool({
        name: 'switch',
        risk: 'medium',
        arguments: z.strictObject({ server: z.string(), to: z.string() }) as never,
        what: (({ server, to }: { server: string; to: string }) => `Turn ${server} ${to}`) as never,
        inverse: (({ server, to }: { server: string; to: string }) => {
          const back = to === 'on' ? 'off' : 'on';
          const says = `Turn ${server} ${back} again.`;
          return { kind: 'tool', tool: 'switch', arguments: { server, to: back }, says };
        }) as never,
      });
    }
    const reason = {
      worker: ada.worker,
      attempt: 0,
      confidence: 0.9,
      because: 'it did not help.',
      evidence: ['errors: 40 σ'],
    };
    const undo = (id: ActionId) => rollBack(story.gateway, id, reason);
    async function done(incident: IncidentId, changed = {}): Promise<ActionId> {
      const given = {
        tool: 'switch',
        arguments: { server: 'web-1', to: 'on' },
        step: 0,
        incident,
        ...changed,
      };
      const id = await propose(story.gateway, deed(given));
      const waits = (await story.action(id))?.status === 'waiting';
      if (waits) await story.says(id, { kind: 'approve' });
      await advance(story.gateway, id);
      return id;
    }
    const undoing = async (incident: IncidentId) =>
      (await actionsOf(story.gateway.db, incident)).filter(({ undoes }) => undoes !== null);

    test('is an action of its own: its inverse, asked for like any other, with what it undoes and why', async () => {
      const incident = newIncident();
      const id = await done(incident);
      const rolled = await undo(id);
      if (rolled.kind !== 'proposed') throw new Error(rolled.because);
      const { question, terms } = await story.asked(rolled.action);
      expect(question).toMatchObject({
        what: 'Turn web-1 off',
        why: 'This undoes "Turn web-1 on": it did not help.',
        evidence: ['errors: 40 σ'],
        expected: 'Turn web-1 off again. web-1 is then as it was before.',
      });
      expect(terms.seats).not.toEqual([]);
      expect(story.outside.begun(rolled.action)).toHaveLength(0);
      await story.says(rolled.action, { kind: 'approve' });
      await advance(story.gateway, rolled.action);
      expect(story.outside.begun(rolled.action)).toHaveLength(1);
      expect(await story.action(rolled.action)).toMatchObject({ status: 'done', undoes: id, step: null });
    });

    test('twice, also at once, it is the first one’s action', async () => {
      const incident = newIncident();
      const id = await done(incident);
      const all = await Promise.all([undo(id), undo(id), undo(id)]);
      all.push(await undo(id));
      const [first] = await undoing(incident);
      expect(new Set(all.map((one) => (one.kind === 'proposed' ? one.action : one.because)))).toEqual(
        new Set([first?.id]),
      );
    });

    test('is not rolled back itself', async () => {
      const incident = newIncident();
      const rolled = await undo(await done(incident));
      if (rolled.kind !== 'proposed') throw new Error(rolled.because);
      await story.says(rolled.action, { kind: 'approve' });
      await advance(story.gateway, rolled.action);
      expect(await undo(rolled.action)).toEqual({
        kind: 'none',
        because: '"Turn web-1 off" rolled something back itself, and that is not rolled back.',
      });
      expect(await undoing(incident)).toHaveLength(1);
    });

    test('without an inverse there is none, and it says so', async () => {
      const id = await done(newIncident(), { tool: 'restart-service', arguments: { server: 'web-1' } });
      expect(await undo(id)).toEqual({
        kind: 'none',
        because: '"Restart checkout on web-1" has no inverse. None needed.',
      });
    });

    test('what is not done, or was done by another version of the tool, is not rolled back', async () => {
      const waiting = await propose(
        story.gateway,
        deed({ tool: 'switch', arguments: { server: 'web-1', to: 'on' } }),
      );
      expect(await undo(waiting)).toMatchObject({
        because: expect.stringMatching(/is waiting: only what is done/),
      });
      const id = await done(newIncident());
      const tools = story.gateway.tools.map((one) => (one.name === 'switch' ? { ...one, version: 2 } : one));
      expect(await rollBack({ ...story.gateway, tools }, id, reason)).toMatchObject({
        because: '"Turn web-1 on" was done by switch@1, which is not here any more.',
      });
    });

    test('a kill switch reaches it, and nobody is asked', async () => {
      const incident = newIncident();
      const id = await done(incident);
      await kill(story.gateway, 'all', maria.id);
      const rolled = await undo(id);
      if (rolled.kind !== 'proposed') throw new Error(rolled.because);
      await advance(story.gateway, rolled.action);
      await unkill(story.gateway, 'all', maria.id);
      expect(await story.action(rolled.action)).toMatchObject({ status: 'refused' });
      expect(await story.happened(rolled.action)).not.toContain('approval.asked');
    });

    test('what was proposed before an incident was begun afresh is refused, also after it was approved', async () => {
      const incident = newIncident();
      const rolled = await undo(await done(incident));
      if (rolled.kind !== 'proposed') throw new Error(rolled.because);
      await story.says(rolled.action, { kind: 'approve' });
      await save(story.gateway, async (tx) => {
        const { jobs } = await beginAfresh(story.gateway, tx, incident);
        return { result: undefined, entries: [], jobs };
      });
      await advance(story.gateway, rolled.action);
      expect(await story.action(rolled.action)).toMatchObject({
        status: 'refused',
        output: 'The incident has moved on since this was proposed.',
      });
      expect(story.outside.begun(rolled.action)).toHaveLength(0);
    });
  });
}
