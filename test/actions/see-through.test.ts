import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { hold } from '../../src/actions/hold.ts';
import { propose } from '../../src/actions/propose.ts';
import type { ActionId, IncidentId } from '../../src/ids.ts';
import { transact } from '../../src/postgres/database.ts';
import type { AnyTool, Progress } from '../../src/tools/tool.ts';
import { databases } from '../databases.ts';
import type { Outside } from './outside.ts';
import { deed, openStory, type Story } from './story.ts';

const patiently = { timeout: 15_000 };
const done: Progress = { kind: 'done', output: 'restarted' };
const interrupted = async () => {
  throw new Error('The connection was lost.');
};
/** The call reached the system outside, and its answer did not reach us. */
const lost = (outside: Outside) => async (_: unknown, key: string) => {
  outside.begin(key);
  return interrupted();
};
const unmarked = async () => undefined;

interface Crash {
  what: string;
  /** The tool as it was when it was begun. */
  tool: (outside: Outside) => Partial<AnyTool>;
  /** What is different afterwards. */
  after?: (outside: Outside, key: string) => Partial<AnyTool>;
  held?: boolean;
  /** The status afterwards, and how often the deed was done. */
  status: string;
  times: number;
}

const takesKey = (outside: Outside): Partial<AnyTool> => ({
  takesKey: true,
  find: unmarked,
  start: lost(outside),
});
const again = (outside: Outside): Partial<AnyTool> => ({
  takesKey: true,
  find: unmarked,
  start: async (_, key) => {
    outside.begin(key);
    return done;
  },
});

const crashes: Crash[] = [
  {
    what: 'it was never begun, and the tool takes no key',
    tool: () => ({ start: interrupted }),
    status: 'indeterminate',
    times: 0,
  },
  {
    what: 'it was begun and cannot be found, and the tool takes no key',
    tool: (outside) => ({ start: lost(outside), find: unmarked }),
    status: 'indeterminate',
    times: 1,
  },
  {
    what: 'it was begun, is found by its mark and done',
    tool: (outside) => ({ start: lost(outside) }),
    after: (outside, key) => {
      outside.end(key, done);
      return {};
    },
    status: 'done',
    times: 1,
  },
  {
    what: 'it was begun, is found by its mark and goes on',
    tool: (outside) => ({ start: lost(outside) }),
    status: 'running',
    times: 1,
  },
  {
    what: 'it was begun, is found by its mark and had failed',
    tool: (outside) => ({ start: lost(outside) }),
    after: (outside, key) => {
      outside.end(key, { kind: 'failed', because: 'It ended as failed.' });
      return {};
    },
    status: 'failed',
    times: 1,
  },
  {
    what: 'it cannot be found, and the tool takes a key: it is begun again under the same',
    tool: takesKey,
    after: again,
    status: 'done',
    times: 2,
  },
  {
    what: 'the tool takes a key, and is another version now',
    tool: takesKey,
    after: (outside) => ({ ...again(outside), version: 2 }),
    status: 'indeterminate',
    times: 1,
  },
  {
    what: 'the tool takes a key, and a person has taken the incident over since',
    tool: takesKey,
    after: again,
    held: true,
    status: 'indeterminate',
    times: 1,
  },
  {
    what: 'the tool is not there any more',
    tool: (outside) => ({ start: lost(outside) }),
    after: () => ({ name: 'another' }),
    status: 'indeterminate',
    times: 1,
  },
];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`an action that was running when the process died, on ${name}`, () => {
    let story: Story;
    let gateway: Gateway;
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
    });
    afterAll(() => story?.close());

    const withTool = (tool: Partial<AnyTool>): Gateway => ({ ...gateway, tools: [story.outside.tool(tool)] });
    async function begun(tool: Partial<AnyTool>): Promise<{ id: ActionId; incident: IncidentId }> {
      const proposal = deed();
      const id = await propose(withTool(tool), proposal);
      await expect(advance(withTool(tool), id)).rejects.toThrow('The connection was lost.');
      expect(await story.action(id)).toMatchObject({ status: 'running', handle: null });
      return { id, incident: proposal.incident as IncidentId };
    }

    test.each(crashes)('$what → $status', async ({ tool, after, held, status, times }) => {
      const before = tool(story.outside);
      const { id, incident } = await begun(before);
      if (held) await transact(gateway.db, (tx) => hold(gateway, tx, incident));
      const later = withTool({ ...before, ...after?.(story.outside, id) });
      await advance(later, id);
      expect((await story.action(id))?.status).toBe(status);
      expect(story.outside.begun(id)).toHaveLength(times);
      if (status === 'running') return;
      // However often it is looked at again, nothing more is done.
      await advance(later, id);
      expect(story.outside.begun(id)).toHaveLength(times);
      expect(await story.happened(id)).toEqual(['action.proposed', 'action.running', 'action.ended']);
    });

    test('what nobody can say is said to a person, with what to look at', async () => {
      const { id, incident } = await begun({ start: interrupted });
      await advance(gateway, id);
      expect((await story.action(id))?.output).toBe(
        `It is not known whether this ran: "Restart checkout on web-1" was begun and then interrupted, and nothing marked ${id} was found afterwards. Look at web-1 before doing it again.`,
      );
      expect(await story.due('remediate', incident)).toBe(1);
    });

    test('what goes on keeps its handle, is told of once, and looked at again until it ends', async () => {
      const { id } = await begun({ start: lost(story.outside) });
      await advance(gateway, id);
      await advance(gateway, id);
      expect(await story.action(id)).toMatchObject({ status: 'running', handle: `job of ${id}` });
      // The one of the proposal, which nobody worked off here, and one for every look.
      expect(await story.due('advance-action', id)).toBe(3);
      story.outside.end(id, done);
      await advance(withTool({ find: interrupted }), id);
      expect((await story.action(id))?.status).toBe('done');
      expect(await story.happened(id)).toEqual([
        'action.proposed',
        'action.running',
        'action.begun',
        'action.ended',
      ]);
    });

    test.each([
      ['find', { find: interrupted }],
      ['look', { look: interrupted }],
    ])('when the system outside does not answer %s, nothing is decided yet', async (_, silent) => {
      const { id } = await begun({ start: lost(story.outside) });
      await expect(advance(withTool(silent), id)).rejects.toThrow('The connection was lost.');
      expect((await story.action(id))?.status).toBe('running');
      story.outside.end(id, done);
      await advance(gateway, id);
      expect([(await story.action(id))?.status, story.outside.begun(id).length]).toEqual(['done', 1]);
    });

    test('an answer that comes after it was given up changes nothing', async () => {
      let answer: (progress: Progress) => void = () => {};
      const slow = withTool({
        find: unmarked,
        start: (_, key) => {
          story.outside.begin(key);
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      });
      const id = await propose(slow, deed());
      const first = advance(slow, id);
      await expect.poll(async () => (await story.action(id))?.status, patiently).toBe('running');
      await expect.poll(() => story.outside.begun(id).length, patiently).toBe(1);
      await advance(slow, id);
      answer({ kind: 'running', handle: 'late' });
      await first;
      expect(await story.action(id)).toMatchObject({ status: 'indeterminate', handle: null });
      expect(await story.happened(id)).toEqual(['action.proposed', 'action.running', 'action.ended']);
    });
  });
}
