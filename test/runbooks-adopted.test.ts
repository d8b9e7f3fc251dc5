// From what mended an incident to a runbook in force: a governor wants it, somebody else approves.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advance } from '../src/actions/advance.ts';
import type { IncidentId, PersonId } from '../src/ids.ts';
import { insertProposal, runbookProposalOf } from '../src/incidents/post-mortem/proposals.ts';
import { contentOf } from '../src/incidents/post-mortem/runbook.ts';
import type { Runbook } from '../src/knowledge/runbook.ts';
import { openShelf } from '../src/knowledge/shelf.ts';
import type { Person } from '../src/people/people.ts';
import { adoptRunbook, declineRunbook, tendRunbooks } from '../src/runbooks-adopted.ts';
import { maria, type Story } from './actions/story.ts';
import { ada, approve, gus, openAdoptions } from './adoptions.ts';
import { databases } from './databases.ts';

const id = 'inc-7' as IncidentId;
const governor = { ...gus, name: 'Gus', accounts: [] } as Person;
const step = (tool: string) => ({ tool, arguments: { service: '{service}' }, expect: 'It runs.' });
const file: Runbook = {
  ...{ id: 'crash', version: 1, title: 'Mend it', mends: 'crash', on: ['app'] },
  steps: [step('restart-service'), step('reset-service')],
};
const runbook: Runbook = { ...file, version: 2, steps: [step('restart-service')] };

describe.each(databases.filter(({ available }) => available))('a runbook, on $name', ({ open }) => {
  let adoptions: Awaited<ReturnType<typeof openAdoptions>>;
  let story: Story;
  let gateway: Awaited<ReturnType<typeof adoptions.started>>;
  const shelf = openShelf([file]);
  const core = () =>
    ({
      charter: ada,
      responder: {
        gateway,
        get runbooks() {
          return shelf.runbooks();
        },
      },
    }) as unknown as Parameters<typeof adoptRunbook>[0];
  const put = (one = runbook) =>
    adoptions.db
      .transaction()
      .execute((tx) =>
        insertProposal(
          tx,
          { incident: id, runbook: one, was: file, because: 'Why.', at: new Date() },
          contentOf(one),
        ),
      );
  const proposal = () => runbookProposalOf(adoptions.db, id);
  beforeAll(async () => {
    adoptions = await openAdoptions(await open());
    story = adoptions.story;
  });
  beforeEach(async () => {
    await adoptions.forget();
    gateway = await adoptions.started();
    await sql`truncate runbook_proposal, incident cascade`.execute(adoptions.db);
    await sql`insert into incident (id, kind, service, status, severity, worker)
      values (${id}, 'incident', 'checkout', 'closed', 2, 'ada')`.execute(adoptions.db);
    await put();
    await shelf.refresh(adoptions.db);
  });
  afterAll(() => story?.close());

  test('wanted by a governor and approved by another is in force, and the one before is still there', async () => {
    const other = { ...governor, roles: ['on-call'] };
    expect(await adoptRunbook(core(), id, other)).toMatchObject({ kind: 'note' });
    expect(await adoptRunbook(core(), id, governor)).toEqual({ kind: 'nothing' });
    expect(await adoptRunbook(core(), id, governor)).toMatchObject({ kind: 'note' });
    const [asked, ...more] = await adoptions.all();
    if (!asked) throw new Error('Nothing was asked for.');
    expect(more).toEqual([]);
    expect(await story.says(asked, approve, gus)).toMatchObject({ kind: 'not-yours' });
    expect(await story.says(asked, approve, maria)).toMatchObject({ kind: 'recorded', complete: true });
    await advance(gateway, asked);
    expect(await story.action(asked)).toMatchObject({ status: 'done' });
    expect((await adoptions.cameInForce()).at(-1)).toEqual({
      ...{ what: 'runbook:crash', version: 'crash@2', by: gus.id },
    });
    expect(shelf.runbooks()).toEqual([file]);
    await shelf.refresh(adoptions.db);
    expect(shelf.runbooks()).toEqual([runbook, file]);
    await tendRunbooks({ gateway });
    expect(await proposal()).toMatchObject({ settled: 'adopted' });
  });

  test('rejected is remembered, and the same is not put forward again', async () => {
    await adoptRunbook(core(), id, governor);
    const [asked] = await adoptions.all();
    if (!asked) throw new Error('Nothing was asked for.');
    await tendRunbooks({ gateway });
    expect(await proposal()).toMatchObject({ settled: null });
    await story.says(asked, { kind: 'reject', reason: 'No.' }, maria);
    await advance(gateway, asked);
    await tendRunbooks({ gateway });
    expect(await proposal()).toMatchObject({ settled: 'rejected' });
    await sql`insert into incident (id, kind, service, status, severity, worker)
      values ('inc-8', 'incident', 'checkout', 'closed', 2, 'ada')`.execute(adoptions.db);
    const again = { incident: 'inc-8' as IncidentId, runbook: { ...runbook, version: 5 }, was: file };
    const isNew = await adoptions.db
      .transaction()
      .execute((tx) =>
        insertProposal(tx, { ...again, because: 'Why.', at: new Date() }, contentOf(again.runbook)),
      );
    expect(isNew).toBe(false);
    await shelf.refresh(adoptions.db);
    expect(shelf.runbooks()).toEqual([file]);
  });

  test('that nobody answered for can be wanted again', async () => {
    await adoptRunbook(core(), id, governor);
    await sql`update action set status = 'lapsed', ended_at = clock_timestamp()`.execute(adoptions.db);
    await tendRunbooks({ gateway });
    expect(await proposal()).toMatchObject({ settled: null, asked: null, tries: 1 });
    await adoptRunbook(core(), id, governor);
    expect(await adoptions.all()).toHaveLength(2);
  });

  test('that a newer one has overtaken is adopted no more', async () => {
    const newer = openShelf([{ ...file, version: 2 }]);
    const reply = await adoptRunbook(
      { ...core(), responder: { ...core().responder, runbooks: newer.runbooks() } },
      id,
      governor,
    );
    expect(reply).toEqual({
      kind: 'note',
      text: 'Version 2 of crash is in force meanwhile, so this can be adopted no more.',
    });
    expect(await adoptions.all()).toEqual([]);
  });

  test('is declined by who may step in, which is in the audit', async () => {
    const stranger = { ...governor, id: 'p-x' as PersonId, roles: ['sales'] };
    expect(await declineRunbook(core(), id, stranger)).toMatchObject({ kind: 'note' });
    expect(await declineRunbook(core(), id, governor)).toEqual({ kind: 'nothing' });
    expect(await declineRunbook(core(), id, governor)).toMatchObject({ kind: 'note' });
    expect(await proposal()).toMatchObject({ settled: 'declined', settledBy: gus.id });
    const { rows } = await sql`select 1 from audit where text like '%runbook.declined%'`.execute(
      adoptions.db,
    );
    expect(rows).toHaveLength(1);
  });
});
