// How a changed policy or charter is proposed, and who may approve it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../src/actions/advance.ts';
import { propose } from '../src/actions/propose.ts';
import { proposeChanged } from '../src/adopting.ts';
import { fernwood } from '../src/estate/company.ts';
import type { ActionId, WorkerId } from '../src/ids.ts';
import type { Proposed } from '../src/manifests.ts';
import { deed, maria, type Story, ada as unadopting } from './actions/story.ts';
import { ada, approve, bo, by, files, first, gus, openAdoptions, raised } from './adoptions.ts';
import { databases } from './databases.ts';

describe.each(databases.filter(({ available }) => available))(
  'proposing what changed on $name',
  ({ open }) => {
    let adoptions: Awaited<ReturnType<typeof openAdoptions>>;
    let story: Story;
    const started: typeof adoptions.started = (proposed) => adoptions.started(proposed);
    beforeAll(async () => {
      adoptions = await openAdoptions(await open());
      story = adoptions.story;
    });
    beforeEach(() => adoptions.forget());
    afterAll(() => story?.close());

    /** What is not proposed, and why. */
    const refused: [what: string, changed: Partial<Proposed>, word: string, because: string][] = [
      [
        'nothing changed',
        {},
        '',
        'In force already: policy 1, charter ada@1. Change a file in manifests/ first.',
      ],
      [
        'this one is not changed',
        { charters: [raised] },
        'policy',
        'In force already: policy 1. Change a file in manifests/ first.',
      ],
      [
        'nobody of that name',
        {},
        'bob',
        'There is no charter of "bob" in manifests/workers: wanted policy, ada, or nothing for all that changed.',
      ],
      [
        'a charter with the version there is',
        { charters: [{ ...raised, version: 1 }] },
        '',
        'The charter of ada was changed but says version 1, and version 1 is in force: raise its version first.',
      ],
      [
        'a policy with the version there is',
        {
          policy: {
            limits: { autonomous_changes_per_incident: 4, tool_calls_per_worker_and_day: 9 },
          } as never,
        },
        '',
        'The policy was changed but says version 1, and version 1 is in force: raise its version first.',
      ],
      [
        'a charter after which nothing could be adopted',
        { charters: [{ ...raised, authority: unadopting.authority }] },
        'ada',
        'The charter of ada needs adopt under authority.ask and the duty monitoring: without them nothing could be adopted ever after.',
      ],
    ];
    test.each(refused)('%s: it is not proposed', async (_, changed, word, because) => {
      const gateway = await started();
      const policy = { ...files.policy, ...changed.policy };
      const { charters } = { ...files, ...changed };
      expect(await proposeChanged(gateway, { policy, charters }, by, word)).toBe(because);
      expect(await adoptions.all()).toEqual([]);
    });

    test('all that changed is proposed, an approval each, with every difference', async () => {
      const gateway = await started();
      const policy = { ...files.policy, version: '2' };
      expect(await proposeChanged(gateway, { policy, charters: [raised, bo] }, by, ' ')).toBe(
        [
          'Put before the approvers: policy 2. Somebody other than you must approve it.',
          'Put before the approvers: charter ada@2. Somebody other than you must approve it.',
          'Put before the approvers: charter bo@1. Somebody other than you must approve it.',
        ].join(' '),
      );
      const asked = await Promise.all((await adoptions.all()).map((id) => story.asked(id)));
      expect(asked.map(({ question }) => question)).toMatchObject([
        {
          target: 'policy',
          why: 'manifests/ has policy 2, and policy 1 is in force.',
          evidence: ['version: "1" → "2"'],
        },
        {
          what: expect.stringMatching(/^Put charter ada@2 \([0-9a-f]{12}\) in force$/),
          target: 'charter:ada',
          evidence: ['role: "Operations worker" → "Night worker"', 'version: 1 → 2'],
        },
        {
          target: 'charter:bo',
          why: 'manifests/ has charter bo@1, and none is in force.',
          evidence: expect.arrayContaining(['name: not set → "Bo"']),
          rollback: 'Stop the worker with the kill switch: there was no charter of bo before.',
        },
      ]);
      expect(await adoptions.cameInForce()).toEqual(first);
    });

    test('a charter that gives up a duty that nobody else has is not proposed before another has it', async () => {
      const gateway = Object.assign(await started(), { inventory: fernwood });
      const next = { ...files, charters: [ada, { ...bo, version: 2 }] };
      await adoptions.adopted(gateway, [ada, { ...bo, duties: ['routing'] }]);
      expect(await proposeChanged(gateway, next, by, 'bo')).toBe(
        'The charter bo@2 gives up what nobody else in force has, so another must be adopted first. No charter has the duty routing: give it to a worker in manifests/workers.',
      );
      const cy = { ...bo, worker: 'cy' as WorkerId, name: 'Cy', duties: ['routing' as const] };
      await adoptions.adopted(gateway, [ada, { ...bo, duties: ['routing'] }, cy]);
      expect(await proposeChanged(gateway, next, by, 'bo')).toContain(
        'Put before the approvers: charter bo@2',
      );
    });

    test('who proposes a charter approves neither it nor what its worker does under it', async () => {
      const gateway = await started();
      await proposeChanged(gateway, { ...files, charters: [raised] }, by, 'ada');
      const [id] = (await adoptions.all()) as [ActionId];
      expect((await story.says(id, approve, gus)).kind).toBe('not-yours');
      await story.says(id, approve, maria);
      await advance(gateway, id);
      expect(await adoptions.cameInForce()).toEqual([
        ...first,
        { what: 'charter:ada', version: 'ada@2', by: gus.id },
      ]);
      const later = await propose(gateway, deed({ tool: 'roll-back' }));
      expect((await story.asked(later)).excluded).toEqual([ada.accountable, gus.id]);
      expect(await story.says(later, approve, gus)).toMatchObject({
        kind: 'not-yours',
        because: expect.stringContaining("proposed this worker's charter"),
      });
    });

    test('what was proposed to replace something else is not put in force', async () => {
      const gateway = await started();
      const late = await adoptions.approved(gateway, [{ ...raised, tier: 3 }]);
      await adoptions.adopted(gateway, [raised]);
      await advance(gateway, late);
      await story.says(late, approve, maria);
      await advance(gateway, late);
      expect(await story.action(late)).toMatchObject({
        status: 'failed',
        output: 'Another charter of ada came into force since this was proposed: propose it again.',
      });
      expect((await adoptions.cameInForce()).at(-1)).toMatchObject({ version: 'ada@2' });
    });

    test('what nobody proposed cannot be put in force under a name that it does not have', async () => {
      const gateway = await started();
      await proposeChanged(gateway, { ...files, charters: [raised] }, by, 'ada');
      const [kept] = (await adoptions.all()) as [ActionId];
      const given = (await story.action(kept))?.arguments as object;
      const id = await propose(gateway, deed({ tool: 'adopt', arguments: { ...given, version: 'ada@1' } }));
      await story.says(id, approve, maria);
      await advance(gateway, id);
      expect(await story.action(id)).toMatchObject({
        status: 'failed',
        output: 'No charter ada@1 of this digest was proposed: propose it with /roster adopt.',
      });
    });
  },
);
