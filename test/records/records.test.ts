import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import { cancel } from '../../src/actions/cancel.ts';
import type { Gateway } from '../../src/actions/gateway.ts';
import { kill, unkill } from '../../src/actions/kill.ts';
import { type Proposal, propose } from '../../src/actions/propose.ts';
import type { ActionId } from '../../src/ids.ts';
import { troublesOf } from '../../src/records/read.ts';
import type { Records } from '../../src/records/records.ts';
import type { AnyTool, Progress } from '../../src/tools/tool.ts';
import { deed, maria } from '../actions/story.ts';
import { type Mood, type Office, openOffice, recordsFor } from './office.ts';

const done: Progress = { kind: 'done', output: 'restarted, with password=hunter2' };
const asUsual: Mood = () => undefined;

describe.skipIf(inject('postgres') === undefined)('change records', () => {
  let office: Office;
  let gateway: Gateway & { records: Records };
  beforeAll(async () => {
    office = await openOffice();
  });
  beforeEach(() => {
    office.moods.servicenow = asUsual;
    office.moods.jira = asUsual;
    office.warned.length = 0;
    gateway = office.open();
  });
  afterAll(() => office?.close());

  const db = () => office.story.gateway.db;
  const status = async (id: ActionId) => (await office.story.action(id))?.status;
  const begun = (id: ActionId) => office.story.outside.begun(id).length;
  const kinds = async (id: ActionId) => {
    const all = await office.story.happened(id);
    return all.filter((kind) => kind.startsWith('record.'));
  };
  /** What waits is due, and what was held by a dead process is free. */
  const passTime = () =>
    sql`update change_record set not_before = null, held_until = null where told <> wanted`.execute(db());
  async function tellAll(id: ActionId, on: Records = gateway.records): Promise<void> {
    for (let n = 0; n < 12; n += 1) {
      await on.tell(id);
      await passTime();
    }
  }
  /** What the system outside is still at. */
  const slow = (gateway: Gateway, changed: Partial<AnyTool> = {}): typeof gateway => ({
    ...gateway,
    tools: [
      office.story.outside.tool({
        start: async (_: unknown, key: string) => office.story.outside.begin(key),
        ...changed,
      }),
    ],
  });
  const proposed = (on: Gateway, changed: Partial<Proposal> = {}) =>
    propose(on, deed({ incident: null, ...changed }));
  async function ran(on: Gateway = gateway, changed: Partial<Proposal> = {}): Promise<ActionId> {
    const id = await proposed(on, changed);
    await advance(on, id);
    return id;
  }

  test('are open before the tool runs, say all that is known, follow it and are closed', async () => {
    let before: unknown[] = [];
    const at = slow(gateway, {
      start: async (_: unknown, key: string) => {
        const { changes, issues } = await recordsFor(office, key as ActionId);
        before = [changes.map(({ state }) => state), issues.map((one) => one.status)];
        return office.story.outside.begin(key);
      },
    });
    const id = await ran(at);
    expect(before).toEqual([['-5'], ['Review']]);
    await tellAll(id);
    const running = await recordsFor(office, id);
    expect(running.changes[0]).toMatchObject({
      state: '-1',
      type: 'standard',
      risk: '4',
      backout_plan: 'None needed.',
    });
    expect(running.changes[0]?.work_notes).toContain(`Running as job of ${id}`);
    expect(running.issues[0]).toMatchObject({ status: 'Implementing', summary: 'Restart checkout on web-1' });
    const description = running.changes[0]?.description ?? '';
    for (const said of [
      'Target: web-1',
      'Why: Its memory grows.',
      'Worker: ada (an AI worker), charter ada@1, policy ',
      'Risk: low; confidence: 95 %',
      'Approval: within the charter, without asking',
      'Roll-back: None needed.',
      `Action: ${id}`,
    ])
      expect(description).toContain(said);
    const { rows } = await sql<{
      seq: string;
      hash: string;
    }>`select seq::text, encode(hash, 'hex') as hash from audit
      where text::jsonb #>> '{entry,kind}' = 'action.running' and text::jsonb #>> '{entry,about,action}' = ${id}`.execute(
      db(),
    );
    expect(description).toContain(`Audit entry: ${rows[0]?.seq}, SHA-256 ${rows[0]?.hash}`);
    expect(description).not.toContain('afterwards');

    office.story.outside.end(id, done);
    await advance(at, id);
    await tellAll(id);
    const { changes, issues } = await recordsFor(office, id);
    expect(changes).toHaveLength(1);
    expect(issues).toHaveLength(1);
    expect(changes[0]).toMatchObject({ state: '3', close_code: 'successful' });
    expect(changes[0]?.close_notes).toContain('restarted, with password=[secret]');
    expect(changes[0]?.work_start).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(issues[0]).toMatchObject({ status: 'Completed' });
    expect(issues[0]?.comments).toHaveLength(2);
    expect((await kinds(id)).sort()).toEqual([
      'record.closed',
      'record.closed',
      'record.opened',
      'record.opened',
    ]);
  });

  const ends: [what: string, progress: Progress | undefined, change: object, issue: string][] = [
    ['done', done, { state: '3', close_code: 'successful' }, 'Completed'],
    [
      'failed',
      { kind: 'failed', because: 'It broke.' },
      { state: '3', close_code: 'unsuccessful' },
      'Failed',
    ],
    ['indeterminate', undefined, { state: '0' }, 'Implementing'],
  ];
  test.each(ends)(
    'what is %s is closed so; what nobody knows is left for a person',
    async (what, progress, change, issue) => {
      const at = slow(gateway, {
        start: async () => {
          if (!progress) throw new Error('The connection was lost.');
          return progress;
        },
        find: async () => undefined,
      });
      const id = await proposed(at);
      await advance(at, id).catch(() => {});
      if (!progress) await advance(at, id);
      expect(await status(id)).toBe(what);
      await tellAll(id);
      const { changes, issues } = await recordsFor(office, id);
      expect(changes).toMatchObject([change]);
      expect(issues.map((one) => one.status)).toEqual([progress ? issue : 'Review']);
    },
  );

  test('name who approved, by name and id', async () => {
    const id = await proposed(gateway, { tool: 'roll-back' });
    await office.story.says(id, { kind: 'approve' });
    await advance(gateway, id);
    const { changes } = await recordsFor(office, id);
    const approval = await office.story.asked(id);
    expect(changes[0]?.description).toContain(`Approval: ${approval.id} by Maria (p-maria) at `);
    expect(changes[0]?.risk).toBe('3');
  });

  test('what never ran leaves none', async () => {
    const rejected = await proposed(gateway, { tool: 'roll-back' });
    await office.story.says(rejected, { kind: 'reject', reason: 'Not now.' });
    await advance(gateway, rejected);
    const refused = await ran(gateway, { tool: 'wipe' });
    const waiting = await ran(gateway, { tool: 'roll-back' });
    for (const id of [rejected, refused, waiting]) {
      expect(await recordsFor(office, id)).toEqual({ changes: [], issues: [] });
      expect(await office.story.due('tell-record', id)).toBe(0);
    }
    expect([await status(rejected), await status(refused), await status(waiting)]).toEqual([
      'rejected',
      'refused',
      'waiting',
    ]);
  });

  test('a roll-back is a change of its own that names what it undoes, and that one is said to be undone', async () => {
    const first = await ran();
    await tellAll(first);
    const second = await ran(gateway, { undoes: first, arguments: { server: 'web-2' } });
    await tellAll(second);
    await tellAll(first);
    const [one, other] = [await recordsFor(office, first), await recordsFor(office, second)];
    expect(other.changes[0]?.description).toContain(
      `This rolls back ${one.changes[0]?.number}, action ${first}.`,
    );
    expect(one.changes[0]).toMatchObject({ state: '3', close_code: 'successful_issues' });
    expect(one.changes[0]?.close_notes).toContain(`Rolled back: see ${other.changes[0]?.number}.`);
    expect(JSON.stringify(one.issues[0]?.comments.at(-1))).toContain(
      `Rolled back: see ${other.issues[0]?.key}.`,
    );
  });

  describe('a question of which the answer is lost, or that was refused for now, whichever it is', () => {
    const fits = [...Array(9).keys()];
    test.each(fits)('after %i that went well: one record in each, each stage told once', async (good) => {
      for (const how of ['lost', { status: 503 }] as const) {
        let asked = 0;
        const mood: Mood = () => (asked++ === good ? how : undefined);
        office.moods.servicenow = mood;
        office.moods.jira = asUsual;
        const first = office.open();
        const id = await ran(slow(first));
        await tellAll(id, first.records);
        asked = 0;
        office.moods.jira = mood;
        office.moods.servicenow = asUsual;
        office.story.outside.end(id, done);
        const later = office.open();
        await advance(slow(later), id);
        await tellAll(id, later.records);
        const { changes, issues } = await recordsFor(office, id);
        expect(changes).toMatchObject([{ state: '3' }]);
        expect(issues.map((one) => one.status)).toEqual(['Completed']);
        expect(issues[0]?.comments).toHaveLength(2);
        expect(begun(id)).toBe(1);
      }
    });
  });

  describe('a process that dies', () => {
    const deaths: [when: string, open: (on: Gateway) => Gateway['recording']][] = [
      [
        'before the record is opened',
        ({ recording }) => recording && { ...recording, open: async () => Promise.reject(new Error('died')) },
      ],
      [
        'after the record is opened',
        ({ recording }) =>
          recording && {
            ...recording,
            open: async (...given) => {
              await recording.open(...given);
              throw new Error('died');
            },
          },
      ],
    ];
    test.each(deaths)('%s, and before the tool is called: it goes on, once', async (_, dying) => {
      const recording = dying(gateway);
      const id = await proposed(gateway);
      await expect(advance({ ...gateway, ...(recording && { recording }) }, id)).rejects.toThrow('died');
      expect([await status(id), begun(id)]).toEqual(['running', 0]);
      await advance(office.open(), id);
      await tellAll(id);
      expect([await status(id), begun(id)]).toEqual(['done', 1]);
      expect((await recordsFor(office, id)).changes).toMatchObject([{ state: '3' }]);
    });

    test('and a kill switch is thrown before it is back: nothing is run, and the record says so', async () => {
      const [, dying] = deaths[1] ?? [];
      const recording = dying?.(gateway);
      const id = await proposed(gateway);
      await expect(advance({ ...gateway, ...(recording && { recording }) }, id)).rejects.toThrow('died');
      await kill(gateway, 'all', maria.id);
      await cancel(gateway, id);
      await unkill(gateway, 'all', maria.id);
      await advance(gateway, id);
      expect([await status(id), begun(id)]).toEqual(['cancelled', 0]);
      await tellAll(id);
      const { changes, issues } = await recordsFor(office, id);
      expect(changes).toMatchObject([{ state: '4' }]);
      expect(changes[0]?.close_notes).toContain('it never began. Nothing was run.');
      expect(issues.map((one) => one.status)).toEqual(['Canceled']);
    });
  });

  test('a kill switch while the record is being opened: at once, and the tool is never called', async () => {
    office.moods.servicenow = () => 'silence';
    const id = await proposed(gateway);
    const advancing = advance(gateway, id);
    await expect.poll(() => status(id), { timeout: 15_000 }).toBe('running');
    await kill(gateway, 'worker:ada', maria.id);
    await cancel(gateway, id);
    expect(await status(id)).toBe('cancelled');
    // Released before the waiting is over: what was ended stays so.
    await unkill(gateway, 'worker:ada', maria.id);
    await advancing;
    expect([await status(id), begun(id)]).toEqual(['cancelled', 0]);
    office.moods.servicenow = asUsual;
    await gateway.records.stop();
    await passTime();
    await tellAll(id);
    expect((await recordsFor(office, id)).changes).toEqual([]);
  });

  test('of ten at once on one action one calls the tool, and one record is made in each', async () => {
    const id = await proposed(gateway);
    const crew = Array.from({ length: 10 }, () => office.open());
    office.moods.servicenow = () => 'silence';
    const first = advance(gateway, id);
    await expect.poll(() => status(id), { timeout: 15_000 }).toBe('running');
    await Promise.all([first, ...crew.map((one) => advance(one, id).catch(() => {}))]);
    office.moods.servicenow = asUsual;
    await passTime();
    await Promise.all(crew.map((one) => one.records.tell(id)));
    await tellAll(id);
    const { changes, issues } = await recordsFor(office, id);
    expect([begun(id), changes.length, issues.length]).toEqual([1, 1, 1]);
    expect(issues[0]?.comments).toHaveLength(1);
  });

  test('while a system is away the change goes on, and is recorded afterwards with its own times', async () => {
    office.moods.servicenow = () => ({ status: 503, body: 'Your instance is hibernating' });
    const id = await ran();
    expect([await status(id), begun(id)]).toEqual(['done', 1]);
    const next = performance.now();
    const other = await ran(gateway, { arguments: { server: 'web-2' } });
    expect(performance.now() - next).toBeLessThan(1_900);
    await gateway.records.tell(id);
    expect(await recordsFor(office, id)).toMatchObject({ changes: [], issues: [{ status: 'Completed' }] });
    expect(await office.story.due('tell-record', id)).toBeGreaterThan(0);
    office.moods.servicenow = asUsual;
    await passTime();
    await tellAll(id);
    await tellAll(other);
    const { changes } = await recordsFor(office, id);
    expect(changes).toMatchObject([{ state: '3' }]);
    expect(changes[0]?.description).toContain('This record was opened afterwards');
    const action = await office.story.action(id);
    const began = action?.startedAt?.toISOString().slice(0, 19).replace('T', ' ');
    expect(changes[0]).toMatchObject({ start_date: began, work_start: began });
    expect((await recordsFor(office, other)).changes).toMatchObject([{ state: '3' }]);
  });

  test('asked to be left alone, it is left alone for so long, by everything', async () => {
    office.moods.servicenow = () => ({ status: 429, headers: { 'retry-after': '120' } });
    const id = await ran();
    const asked = () => office.seen.serviceNow.length;
    const before = asked();
    office.moods.servicenow = asUsual;
    await gateway.records.tell(id);
    await ran(gateway, { arguments: { server: 'web-3' } });
    expect(asked()).toBe(before);
    const { rows } = await sql<{
      s: number;
    }>`select extract(epoch from not_before - clock_timestamp())::float as s
      from change_record where action = ${id} and system = 'servicenow'`.execute(db());
    expect(rows[0]?.s).toBeGreaterThan(100);
  });

  test('a wrong password is told once, in words that say what to do, and mended by a start with the right one', async () => {
    const says = 'ServiceNow does not let us in (401): correct SERVICENOW_USER and SERVICENOW_PASSWORD.';
    office.moods.servicenow = () => ({ status: 401, body: { error: { message: 'User Not Authenticated' } } });
    const ids = [await ran(), await ran(gateway, { arguments: { server: 'web-4' } })];
    for (const id of ids) await tellAll(id);
    expect(office.warned.filter((one) => one.includes(says))).toHaveLength(1);
    expect(
      (await Promise.all(ids.map(kinds))).flat().filter((kind) => kind === 'record.failed'),
    ).toHaveLength(1);
    expect(await troublesOf(db())).toContain(`Change records: ${says}`);
    office.moods.servicenow = asUsual;
    await sql`update change_record set not_before = clock_timestamp() + interval '1 hour' where told <> wanted`.execute(
      db(),
    );
    const restarted = office.open();
    await restarted.records.tryAgain();
    for (const id of ids) {
      expect(await office.story.due('tell-record', id)).toBeGreaterThan(0);
      await restarted.records.tell(id);
      expect((await recordsFor(office, id)).changes).toMatchObject([{ state: '3' }]);
    }
    expect(await troublesOf(db())).not.toContain(`Change records: ${says}`);
  });

  test('what the rules of a system do not let happen is said once, with the outcome in the record all the same', async () => {
    const aborted = { error: { message: 'Operation Failed', detail: 'aborted by Business Rule' } };
    office.moods.servicenow = ({ method, body }) =>
      method === 'PATCH' && body.includes('"state"') ? { status: 403, body: aborted } : undefined;
    const id = await ran();
    await tellAll(id);
    const { changes } = await recordsFor(office, id);
    expect(changes).toMatchObject([{ state: '-5', close_code: 'successful' }]);
    expect(office.warned).toEqual([
      'ServiceNow did not move a standard change to Scheduled (Operation Failed: aborted by Business Rule): let its user do that, or set another type in change-records.yaml.',
    ]);
  });

  describe('where the policy requires a record', () => {
    const requiring = (on: Gateway): Gateway => ({
      ...on,
      inventory: {
        servers: [{ id: 'db-1', class: 'db', environment: 'production', services: [] }],
        services: [],
      },
      policy: { ...on.policy, change_records: { default: 'when-possible', classes: { db: 'required' } } },
    });
    const onDatabase = { arguments: { server: 'db-1' } };

    test('it begins once there is one, and there alone', async () => {
      const id = await ran(requiring(gateway), onDatabase);
      expect([await status(id), begun(id)]).toEqual(['done', 1]);
    });

    test('nothing begins without: refused, in words, and no record is left', async () => {
      office.moods.jira = () => ({ status: 503, body: 'down' });
      const id = await ran(requiring(gateway), onDatabase);
      expect([await status(id), begun(id)]).toEqual(['refused', 0]);
      expect((await office.story.action(id))?.output).toBe(
        'The policy requires a change record before this begins, and it could not be opened: Jira answered POST /rest/api/3/issue with 503: down',
      );
      office.moods.jira = asUsual;
      await tellAll(id);
      const { changes, issues } = await recordsFor(office, id);
      expect(changes).toMatchObject([{ state: '4' }]);
      expect(issues).toEqual([]);
      const other = await ran(requiring(gateway), { arguments: { server: 'web-9' } });
      expect(await status(other)).toBe('done');
    });

    test('and no system keeps any: refused', async () => {
      const { recording: _, ...without } = gateway;
      const id = await ran(requiring(without), onDatabase);
      expect([await status(id), begun(id)]).toEqual(['refused', 0]);
      expect((await office.story.action(id))?.output).toContain('set SERVICENOW_URL or JIRA_URL');
    });
  });

  test('without any system nothing is owed and nothing waits', async () => {
    const { recording: _, ...without } = gateway;
    const id = await ran(without);
    expect([await status(id), await office.story.due('tell-record', id)]).toEqual(['done', 0]);
    const { rows } = await sql`select 1 from change_record where action = ${id}`.execute(db());
    expect(rows).toEqual([]);
  });
});
