// What is in force, and since when: at the first start, in other processes, across a crash, and when it cannot be read.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../src/actions/advance.ts';
import { propose } from '../src/actions/propose.ts';
import { adopt } from '../src/adopting.ts';
import { approval as approvalBy } from '../src/approvals/read.ts';
import type { Told } from '../src/audit/told.ts';
import { contentsDigest, digestInForce } from '../src/charter/force.ts';
import { deed, type Story } from './actions/story.ts';
import { ada, approve, bo, files, first, gus, openAdoptions, raised } from './adoptions.ts';
import { databases } from './databases.ts';

describe.each(databases.filter(({ available }) => available))('what is in force on $name', ({ open }) => {
  let adoptions: Awaited<ReturnType<typeof openAdoptions>>;
  let story: Story;
  const started: typeof adoptions.started = (proposed) => adoptions.started(proposed);
  beforeAll(async () => {
    adoptions = await openAdoptions(await open());
    story = adoptions.story;
  });
  beforeEach(() => adoptions.forget());
  afterAll(() => story?.close());

  test('at the very first start the files come into force by themselves, once', async () => {
    const [gateway] = await Promise.all([started(), started()]);
    await started();
    expect(await adoptions.cameInForce()).toEqual(first);
    expect(gateway.warnings).toEqual([]);
    const { rows } =
      await sql`select text::jsonb #> '{entry,kind}' as kind, text::jsonb #> '{entry,facts}' as facts
      from audit where text like '%.adopted"%' order by seq desc limit 2`.execute(gateway.db);
    expect(rows.toReversed()).toMatchObject([
      { kind: 'policy.adopted', facts: { what: 'policy', version: '1', proposedBy: null } },
      { kind: 'charter.adopted', facts: { what: 'charter:ada', version: 'ada@1', proposedBy: null } },
    ]);
  });

  test('a database that has a policy in force takes its first charters', async () => {
    await started({ ...files, charters: [] });
    await started();
    expect(await adoptions.cameInForce()).toEqual(first);
  });

  test('files that changed later are said, and what is in force decides', async () => {
    await started();
    const policy = { ...files.policy, version: '2' };
    const gateway = await started({ policy, charters: [{ ...raised, worker: bo.worker }] });
    expect(gateway.warnings).toEqual([
      'The policy in manifests/ differs from policy 1, which is in force: "/roster adopt" proposes it.',
      'The charter of bo in manifests/ is not in force: "/roster adopt" proposes it.',
      'The charter of ada is in force and has no file in manifests/workers.',
    ]);
    expect(gateway.policy.version).toBe('1');
    expect(gateway.charterOf(ada.worker)?.version).toBe(1);
    expect(gateway.charterOf(bo.worker)).toBeUndefined();
  });

  test('it is in force in another process at its next decision, and what waits is asked anew', async () => {
    const [here, there] = [await started(), await started()];
    const waiting = await propose(there, deed({ tool: 'roll-back' }));
    const before = await story.asked(waiting);
    await story.says(waiting, approve, gus);
    await adoptions.adopted(here, [raised]);
    expect(await story.due('advance-action', waiting)).toBeGreaterThan(1);
    await advance(there, waiting);
    expect(there.charterOf(ada.worker)).toEqual(raised);
    expect((await approvalBy(there.db, before.id))?.status).toBe('superseded');
    expect(await story.asked(waiting)).toMatchObject({ status: 'open', charter: 'ada@2' });
    expect(story.outside.begun(waiting)).toEqual([]);
  });

  test('a new worker works once somebody approved its charter', async () => {
    const [here, there] = [await started(), await started()];
    const its = deed({ worker: bo.worker });
    await expect(propose(there, its)).rejects.toThrow('There is no charter for the worker bo.');
    await adoptions.adopted(here, [ada, bo]);
    expect((await story.action(await propose(there, its)))?.charter).toBe('bo@1');
  });

  /** Where the process dies, and which of its two writes are there. */
  const crashes: [where: string, before: boolean][] = [
    ['before it came into force', true],
    ['after it came into force and before that was noted', false],
  ];
  test.each(crashes)('a crash %s is seen through', async (_, before) => {
    const gateway = await started();
    const id = await adoptions.approved(gateway, [raised]);
    const tool = adopt(gateway);
    const start: typeof tool.start = async (given, key) => {
      if (!before) await tool.start(given, key);
      throw new Error('The process died.');
    };
    const dying = { ...gateway, tools: [{ ...tool, start }] };
    await expect(advance(dying, id)).rejects.toThrow('The process died.');
    expect(await story.action(id)).toMatchObject({ status: 'running' });
    expect(await adoptions.cameInForce()).toHaveLength(before ? 2 : 3);
    const restarted = await started();
    await advance(restarted, id);
    await advance(restarted, id);
    expect(await story.action(id)).toMatchObject({ status: 'done' });
    expect(await adoptions.cameInForce()).toEqual([
      ...first,
      { what: 'charter:ada', version: 'ada@2', by: gus.id },
    ]);
  });

  /** What is done to the text of the charter in force, behind Roster's back. */
  const unreadable: [what: string, text: string][] = [
    ['something else', '{}'],
    ['no JSON', 'ada may do everything'],
    [
      'a charter nobody approved',
      JSON.stringify({ ...ada, authority: { ...ada.authority, autonomous: ['wipe'] } }),
    ],
  ];
  test.each(unreadable)('while the text in force is %s, nothing runs and nothing starts', async (_, text) => {
    const gateway = await started();
    const id = await propose(gateway, deed());
    await sql`update kept_text set text = ${text} where what = 'charter:ada'`.execute(gateway.db);
    const because =
      'The charter of ada in force (version ada@1) cannot be read, so nothing may run: start the version of Roster that adopted it, or restore the database.';
    await expect(advance(gateway, id)).rejects.toThrow(because);
    await expect(propose(gateway, deed())).rejects.toThrow(because);
    await expect(started()).rejects.toThrow(because);
    expect([(await story.action(id))?.status, story.outside.begun(id)]).toEqual(['ready', []]);
  });

  test('when no policy is in force any more, nothing runs', async () => {
    const gateway = await started();
    const id = await propose(gateway, deed());
    await sql`truncate in_force`.execute(gateway.db);
    await expect(advance(gateway, id)).rejects.toThrow('No policy is in force, so nothing may run');
    expect(story.outside.begun(id)).toEqual([]);
  });

  test('the audit says enough to make the digest of an approval again, from what was adopted', async () => {
    const gateway = await started();
    const id = await propose(gateway, deed({ tool: 'roll-back' }));
    const { rows } = await sql<{ entry: Told['entry'] }>`select text::jsonb -> 'entry' as entry from audit
      where text::jsonb #>> '{entry,about,action}' = ${id} order by seq limit 1`.execute(gateway.db);
    const { by: worker, versions, facts } = (rows[0] as { entry: Required<Told['entry']> }).entry;
    const [tool, version] = versions.tool?.split('@') ?? [];
    const digest = contentsDigest({
      ...{ tool, toolVersion: Number(version), arguments: facts.arguments },
      target: (facts.facts as { target: { id: string } }).target.id,
      ...{ charter: worker.charter, charterDigest: await digestInForce(gateway.db, 'charter:ada') },
      ...{ policy: versions.policy, policyDigest: await digestInForce(gateway.db, 'policy') },
    });
    expect([facts.digest, (await story.asked(id)).digest]).toEqual([digest, digest]);
  });
});
