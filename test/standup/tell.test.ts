import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonId, WorkerId } from '../../src/ids.ts';
import { toldCard } from '../../src/standup/read.ts';
import { type Morning, tellStandups } from '../../src/standup/tell.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { manifests, openShift, type Shift } from '../shift.ts';
import { links } from './rows.ts';

const ada = { name: 'Ada', role: 'Monitoring worker', avatar: ':owl:' };
const standing = { place: 'slack:C01OPS', questions: 'slack:C01APPROVALS' };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`the stand-up is told, on ${name}`, () => {
    let shift: Shift;
    beforeAll(async () => {
      shift = await openShift(await open(), openOutside());
    });
    beforeEach(async () => {
      await shift.forget();
      await sql`truncate shown`.execute(shift.db);
    });
    afterAll(() => shift?.close());

    const looksAt = (when: string, changed: Partial<Morning> = {}) =>
      tellStandups({ ...shift.morning, now: () => new Date(when), ...changed });
    const ended = async (id: string, when: string) => {
      const at = new Date(when);
      await sql`insert into incident (id, service, status, severity, worker, opened_at, ended_at)
        values (${id}, 'search', 'closed', 3, 'rex', ${new Date(at.getTime() - 720_000)}, ${at})`.execute(
        shift.db,
      );
    };
    const rows = async () => {
      const { rows } = await sql<{
        id: string;
        day: string;
        told: object;
        asked: string[];
      }>`select id, day, told, asked
        from standup order by told_at, cron`.execute(shift.db);
      return rows;
    };
    const days = async () => (await rows()).map(({ day }) => day);
    const words = async (nth: number) => {
      const row = (await rows()).at(nth);
      return JSON.stringify(await toldCard({ db: shift.db, by: ada }, row?.id ?? '', standing));
    };

    test('once a day, whatever is looked for how often, by several at the same time', async () => {
      const all = ['07:59:59', '08:00:00', '08:00:00', '08:00:30', '08:01:00', '12:00:00', '22:59:00'];
      for (const time of all)
        await Promise.all([looksAt(`2026-11-23T${time}Z`), looksAt(`2026-11-23T${time}Z`)]);
      expect(await days()).toEqual(['2026-11-23']);
      const shows = (await shift.waiting('now')).filter(({ name }) => name === 'show');
      expect(shows).toMatchObject([{ subject: `standup:${(await rows())[0]?.id}` }]);
      const told = (await shift.audited()).filter(({ kind }) => kind === 'standup.told');
      expect(told.at(-1)?.facts).toMatchObject({
        day: '2026-11-23',
        cron: '0 9 * * 1-5',
        timezone: 'Europe/Berlin',
      });
    });

    test('after a crash before it was kept it is told, and once', async () => {
      const store = { ...shift.morning.store };
      const broken = {
        ...store,
        queue: { ...store.queue, add: () => Promise.reject(new Error('power cut')) },
      };
      await expect(looksAt('2026-11-23T08:00:00Z', { store: broken })).rejects.toThrow('power cut');
      expect(await days()).toEqual([]);
      await looksAt('2026-11-23T08:01:00Z');
      await looksAt('2026-11-23T08:02:00Z');
      expect(await days()).toEqual(['2026-11-23']);
    });

    test('late on its day it is told, a day later it is left out, on a holiday there is none', async () => {
      const holidays = ['2026-11-25'];
      for (const time of ['23T21:00', '25T08:00', '25T12:00', '27T07:00', '28T08:00'])
        await looksAt(`2026-11-${time}:00Z`, { holidays });
      expect(await days()).toEqual(['2026-11-23']);
      await looksAt('2026-11-30T08:00:00Z', { holidays });
      expect(await days()).toEqual(['2026-11-23', '2026-11-30']);
    });

    test('it tells since the last one: Monday of the weekend, and after holidays of these too', async () => {
      await ended('inc-1', '2026-11-20T07:00:00Z');
      await ended('inc-2', '2026-11-20T12:00:00Z');
      await ended('inc-3', '2026-11-22T12:00:00Z');
      await looksAt('2026-11-20T08:00:00Z');
      await looksAt('2026-11-23T08:00:00Z');
      await looksAt('2026-11-24T08:00:00Z');
      const named = async (nth: number) => [...new Set((await words(nth)).match(/inc-\d/g))];
      expect(await named(0)).toEqual(['inc-1']);
      expect(await named(1)).toEqual(['inc-3', 'inc-2']);
      expect(await named(2)).toEqual([]);
      expect(await words(2)).toContain('Nothing happened since the last one');
      await ended('inc-4', '2026-11-24T12:00:00Z');
      await looksAt('2026-12-04T08:00:00Z');
      expect(await named(3)).toEqual([]);
    });

    test('shown again it is the same, whatever became of what it told', async () => {
      await ended('inc-1', '2026-11-22T12:00:00Z');
      await looksAt('2026-11-23T08:00:00Z');
      const before = await words(0);
      expect(before).toContain('inc-1');
      await sql`update incident set ended_at = null, status = 'escalated'`.execute(shift.db);
      expect(await words(0)).toBe(before);
      await sql`insert into shown (subject, part, place, message, link)
        values ('incident:inc-1', 'parent', 'slack:C01OPS', '1.1', ${links.incident('inc-1' as never)})`.execute(
        shift.db,
      );
      expect(await words(0)).toContain('{"link":"https://fernwood.slack.com/archives/C01OPS/');
    });

    test('workers with other hours are told of in a post of their own; one that fails keeps no other back', async () => {
      const [first, ...others] = manifests.charters;
      if (!first) throw new Error('There is no charter.');
      const zoe = { ...first, worker: 'zoe' as WorkerId, name: 'Zoe' };
      const india = { cron: '30 8 * * 1-5', timezone: 'Asia/Kolkata' };
      const never = { cron: '0 9 31 2 *', timezone: 'UTC' };
      const team = () => [
        { ...first, cadence: { ...first.cadence, standup: never } },
        ...others,
        { ...zoe, cadence: { ...zoe.cadence, standup: india } },
      ];
      await expect(looksAt('2026-11-23T03:00:00Z', { team })).rejects.toThrow();
      await expect(looksAt('2026-11-23T08:00:00Z', { team })).rejects.toThrow();
      const { rows } = await sql<{
        told: string;
      }>`select timezone || ' ' || array_to_string(workers, ',') as told
        from standup order by told_at`.execute(shift.db);
      expect(rows.map(({ told }) => told)).toEqual(['Asia/Kolkata zoe', 'Europe/Berlin iris,nora,rex']);
    });

    test('who wants to be asked is, unless they told theirs with the last one, and while they are of this site', async () => {
      await looksAt('2026-11-23T08:00:00Z');
      const [monday] = await rows();
      const now = new Date('2026-11-23T09:00:00Z');
      for (const person of ['p-oncall', 'p-dba', 'p-gone'])
        await sql`insert into standup_member (person, joined_at) values (${person}, ${now})`.execute(
          shift.db,
        );
      await sql`insert into standup_said (standup, person, words, at)
        values (${monday?.id}, 'p-dba', 'today db-02', ${now})`.execute(shift.db);
      await looksAt('2026-11-24T08:00:00Z');
      expect((await rows()).map(({ asked }) => asked)).toEqual([[], ['p-oncall']]);
      expect(await words(1)).toContain('yours?');
      await sql`insert into standup_said (standup, person, words, at)
        values (${(await rows())[1]?.id}, ${'p-oncall' as PersonId}, 'today <tests>', ${now})`.execute(
        shift.db,
      );
      expect(await words(1)).not.toContain('yours?');
      expect(await words(1)).toContain('today <tests>');
      expect(await words(0)).toContain('today db-02');
    });
  });
}
