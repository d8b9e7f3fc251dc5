// A post-mortem from its draft to its file, with the real clients on the trial's company.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Estate, openEstate } from '../../../src/estate/estate.ts';
import { pastIncidents } from '../../../src/foreseen.ts';
import type { IncidentId, PersonId } from '../../../src/ids.ts';
import { intervene } from '../../../src/incidents/intervene.ts';
import type { Amendment } from '../../../src/incidents/post-mortem/amend.ts';
import { latePosts } from '../../../src/incidents/post-mortem/card.ts';
import { chartOf, lateTasks, postMortemOf } from '../../../src/incidents/post-mortem/read.ts';
import { tendPostMortems } from '../../../src/incidents/post-mortem/tend.ts';
import { cycle } from '../../../src/monitoring/cycle.ts';
import { operatorOf, type Place } from '../../../src/operator.ts';
import { postMortemVerb } from '../../../src/roster-post-mortem.ts';
import type { Settings } from '../../../src/settings.ts';
import { openAwx } from '../../../src/systems/awx/read.ts';
import { openAwxLauncher } from '../../../src/systems/awx/write.ts';
import { openLoki } from '../../../src/systems/loki/read.ts';
import { openPrometheus } from '../../../src/systems/prometheus/read.ts';
import { rollBackDeployment } from '../../../src/tools/roll-back-deployment.ts';
import { ada } from '../../chat/cards.ts';
import { databases } from '../../databases.ts';
import { openShift, robin, type Shift } from '../../shift.ts';

describe.each(databases)('a post-mortem, on $name', ({ available, open }) => {
  describe.skipIf(!available)('of a bad deployment', () => {
    let shift: Shift;
    let estate: Estate;
    let id: IncidentId;
    let ahead = 0;
    const now = () => new Date(Date.now() + ahead);
    const pass = (seconds: number) => {
      ahead += seconds * 1_000;
    };
    beforeAll(async () => {
      const database = await open();
      estate = await openEstate({ db: database.db, now, speed: 1, token: 'let-me-in' });
      const access = { url: estate.awxUrl, token: estate.awxToken };
      const awx = { read: openAwx(access), launch: openAwxLauncher(access) };
      const loki = openLoki({ url: estate.lokiUrl });
      shift = await openShift(database, {
        prometheus: openPrometheus({ url: estate.prometheusUrl }),
        loki,
        tools: [rollBackDeployment(awx, loki, now)],
        now,
      });
      await estate.break('bad-deployment', now());
      pass(40);
      for (const _ of [1, 2]) {
        await cycle(shift.watching, now());
        pass(5);
      }
      await shift.work();
      id = (await shift.last()).id;
      await shift.says(id, { kind: 'approve' });
      await shift.work();
      pass(10);
      await shift.later();
      pass(20);
      for (let looks = 0; looks < 9 && (await shift.last()).status === 'verifying'; looks += 1) {
        await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(shift.db);
        await shift.later();
        pass(5);
      }
      // What is due once it is over.
      await shift.later();
    });
    afterAll(async () => {
      await estate?.close();
      await shift?.close();
    });

    const read = async () => {
      const found = await postMortemOf(shift.db, id);
      if (!found) throw new Error('There is no post-mortem.');
      return found;
    };
    const says = async (wanted: Amendment, person = robin) =>
      (await intervene({ ...shift.responder, now }, id, person, wanted)).because;
    const audited = async () =>
      (await shift.audited({ incident: id })).filter(({ kind }) => kind.startsWith('post-mortem.'));
    const task = { do: 'add-task', what: 'check the alert', due: '2099-12-01' } as const;

    test('is drafted from the record, once, with its chart and its figures', async () => {
      const { written, picture, filedAt, noChart } = await read();
      expect(written.title).toMatch(/^Checkout: checkout \S+, deployed shortly before, is failing$/);
      expect(written.impact.userMinutes).toMatchObject({
        kind: 'told',
        formula: expect.stringMatching(
          /^1,400 users an hour \/ 60 × \d[\d.]* % of requests failing × [\d.]+ min$/,
        ),
      });
      expect(written.impact.revenue).toMatchObject({ kind: 'told' });
      expect(picture?.alt).toMatch(/Marked: signal \S+, cause \S+, step 1 \S+, verified \S+\.$/);
      expect([filedAt, noChart]).toEqual([null, null]);
      const chart = await chartOf(shift.db, id);
      expect(chart?.points.length).toBeGreaterThan(10);
      await shift.run({ name: 'draft-post-mortem', incident: id });
      expect((await audited()).map(({ kind }) => kind)).toEqual(['post-mortem.drafted']);
    });

    test('is among what is learnt from past incidents', async () => {
      const past = await pastIncidents(shift.db, shift.responder.inventory, new Date(0));
      // Of a deployment no server is named, and checkout has two: nothing goes before it that could be learnt.
      expect(past).toEqual([]);
      await sql`update incident set cause = jsonb_set(cause, '{known,server}', '"app-01"') where id = ${id}`.execute(
        shift.db,
      );
      expect(await pastIncidents(shift.db, shift.responder.inventory, new Date(0))).toMatchObject([
        { id, family: 'bad-deployment', server: 'app-01' },
      ]);
    });

    test('is edited by who may intervene, each change with before and after in the audit', async () => {
      const before = await read();
      const stranger = { id: 'p-manager' as PersonId, roles: ['manager'] };
      const words = { summary: 'A typing error went live.', change: 'Review prices.\nTest them.' };
      expect(await says({ do: 'edit-post-mortem', ...words }, stranger)).toMatch(/^Only on-call or governor/);
      expect(await says({ do: 'edit-post-mortem', ...words })).toBe('The post-mortem is changed.');
      expect(await says({ do: 'edit-post-mortem', ...words })).toBe('That is what it says already.');
      expect(await read()).toMatchObject(words);
      const entries = (await audited()).filter(({ kind }) => kind === 'post-mortem.edited');
      expect(entries.map(({ by, facts }) => [by, facts])).toEqual([
        [{ person: robin.id }, { field: 'summary' }],
        [{ person: robin.id }, { field: 'change' }],
      ]);
      const { rows } = await sql<{ words: string }>`select words::text from audit_words`.execute(shift.db);
      expect(rows.some(({ words: kept }) => kept.includes(JSON.stringify(before.summary).slice(1, -1)))).toBe(
        true,
      );
    });

    const refused: [what: string, wanted: Amendment, because: RegExp][] = [
      ['nobody', { ...task, owner: null }, /^Say who does it/],
      ['no day', { ...task, owner: robin.id, due: 'soon' }, /^Say by when/],
      ['a day that is none', { ...task, owner: robin.id, due: '2026-02-30' }, /^Say by when/],
      ['a day that is over', { ...task, owner: robin.id, due: '2026-01-01' }, /^2026-01-01 is over already/],
      ['nothing', { ...task, owner: robin.id, what: ' ' }, /^Say in a few words/],
      ['one that is not there', { do: 'task-done', nth: 7 }, /^There is no action 7/],
      ['a correction of a draft', { do: 'correct-post-mortem', words: 'no' }, /^It is a draft still/],
    ];
    test.each(refused)('an action with %s is not taken', async (_, wanted, because) => {
      expect(await says(wanted)).toMatch(because);
    });

    test('what is late is told to its owner once, until it is done', async () => {
      const due = new Date(now().getTime() + 86_400_000).toISOString().slice(0, 10);
      expect(await says({ ...task, owner: robin.id, due })).toBe(`Action 1 is noted, due ${due}.`);
      expect(await says({ ...task, owner: robin.id })).toBe('Action 2 is noted, due 2099-12-01.');
      const tend = (days: number) =>
        tendPostMortems({
          gateway: shift.gateway,
          now: () => new Date(now().getTime() + days * 86_400_000),
        });
      await tend(0);
      expect((await read()).tasks.map(({ remindedAt }) => remindedAt)).toEqual([null, null]);
      await tend(2);
      await tend(3);
      expect((await audited()).filter(({ kind }) => kind === 'post-mortem.task-late')).toMatchObject([
        { facts: { nth: 1, owner: robin.id, due } },
      ]);
      const [late] = latePosts(await read(), ada);
      expect(late?.card.fallback).toEqual([
        { person: robin.id },
        ` Action 1 of ${id}: late: check the alert, by ${due}.`,
      ]);
      expect(await lateTasks(shift.db, new Date(now().getTime() + 2 * 86_400_000))).toMatchObject([
        { nth: 1 },
      ]);
      expect(await says({ do: 'task-done', nth: 1 })).toBe('Action 1 is done.');
      expect(await lateTasks(shift.db, new Date(now().getTime() + 2 * 86_400_000))).toEqual([]);
    });

    test('is filed, stays as it is and is only added to', async () => {
      expect(await says({ do: 'file-post-mortem' })).toMatch(/^The post-mortem is filed/);
      const filed = await read();
      const still = 'It is filed and stays as it is: add a correction instead.';
      expect(await says({ do: 'edit-post-mortem', summary: 'Other.', change: '' })).toBe(still);
      expect(await says({ ...task, owner: robin.id })).toBe(still);
      expect(await says({ do: 'file-post-mortem' })).toBe('It is filed already.');
      expect(await says({ do: 'correct-post-mortem', words: 'It was the tax.' })).toBe(
        'The correction is added.',
      );
      expect(await read()).toEqual({
        ...filed,
        corrections: [{ words: 'It was the tax.', person: robin.id, at: expect.any(Date) }],
      });
    });

    test('files itself when its time is up, and not before', async () => {
      await sql`update post_mortem set filed_at = null, filed_by = null`.execute(shift.db);
      const { filesAt } = await read();
      const tend = (ms: number) =>
        tendPostMortems({ gateway: shift.gateway, now: () => new Date(filesAt.getTime() + ms) });
      await tend(-1_000);
      expect((await read()).filedAt).toBeNull();
      await tend(0);
      expect(await read()).toMatchObject({ filedAt: filesAt, filedBy: null });
    });

    test('is exported by the command line, with its chart as a picture', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'roster-post-mortem-'));
      const switches = {} as Place['switches'];
      const place: Place = { db: shift.db, folder, now, switches };
      const run = (rest: string[], values = {}) =>
        postMortemVerb.run({
          ...{ values, rest, manifests: () => 'manifests', say: () => {} },
          settings: () => ({ site: { kind: 'trial' } }) as Settings,
          ask: async ([path, body], use) => {
            const answer = await operatorOf(() => place)[path]?.(body);
            if (!answer) throw new Error(`Nobody answers ${path}.`);
            return use(
              answer.kind === 'json'
                ? { ...answer, value: JSON.parse(JSON.stringify(answer.value)) }
                : answer,
            );
          },
        });
      try {
        const plain = await run([id]);
        expect(plain.code).toBe(0);
        expect(plain.text).toContain('```csv\ntime,errors/s\n2');
        expect(plain.text).toContain('It was the tax.');
        const whole = await run([id], { out: `${folder}/` });
        expect(whole.text).toBe(`Written to ${join(folder, `${id}.md`)}.`);
        expect(readFileSync(join(folder, `${id}.md`), 'utf8')).toContain(`](${id}.png)`);
        expect(
          readFileSync(join(folder, `${id}.png`))
            .subarray(1, 4)
            .toString(),
        ).toBe('PNG');
        const data = JSON.parse((await run([id], { json: true })).text);
        expect(data).toMatchObject({ written: { incident: id }, chart: { unit: 'errors/s' } });
        expect(await run(['inc-99'])).toEqual({ code: 2, text: 'There is no incident inc-99.' });
        expect((await run([])).code).toBe(2);
        await sql`update post_mortem_task set due = '2026-01-01', done_at = null, done_by = null`.execute(
          shift.db,
        );
        expect((await run([id])).code).toBe(1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
});
