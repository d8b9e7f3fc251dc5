// What is held back, from the night it was raised in to the one list of the morning.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { IncidentId, SignalId } from '../../src/ids.ts';
import type { Job } from '../../src/jobs/job.ts';
import { receiveAlerts } from '../../src/monitoring/alerts/receive.ts';
import type { Band } from '../../src/monitoring/anomaly.ts';
import { heldList } from '../../src/monitoring/held/read.ts';
import { tellHeld } from '../../src/monitoring/held/tell.ts';
import { raiseAll } from '../../src/monitoring/raise.ts';
import { recoverAll } from '../../src/monitoring/recover.ts';
import { type Routing, routingSchema } from '../../src/monitoring/routing.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { mute } from '../../src/monitoring/silences/mute.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { openShift, robin, type Shift } from '../shift.ts';
import { findingOf } from './outside.ts';

const timezone = 'Europe/Berlin';
const wishes = (money: object): Routing => ({
  ops: ['slack:C01OPS'],
  ...routingSchema.parse({ teams: { money } }),
});
const quiet = wishes({ places: 'slack:C0MONEY', quiet_hours: { from: '22:00', to: '07:00', timezone } });
// A Thursday evening and the Friday morning after it, by the clocks of Berlin.
const [eleven, two, six, seven] = ['19T22:00', '20T01:00', '20T05:00', '20T06:00'].map(
  (time) => new Date(`2026-11-${time}:00Z`),
) as [Date, Date, Date, Date];

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`what is held back, on ${name}`, () => {
    let shift: Shift;
    let now = eleven;
    beforeAll(async () => {
      shift = await openShift(await open(), {
        inventory: fernwood,
        ...openOutside(),
        now: () => now,
      });
    });
    beforeEach(async () => {
      now = eleven;
      await shift.forget();
    });
    afterAll(() => shift?.close());

    const found = async (metric: string, subject: string, band: Band = 'watch') => {
      const { readings } = await shift.watching.monitor.scrape(now);
      const reading = readings.find((one) => one.metric === metric && one.subject === subject);
      if (!reading) throw new Error(`There is no ${metric} of ${subject}.`);
      const { key, ...finding } = findingOf(reading);
      return { ...finding, key: `${key}:${metric}`, band };
    };
    type Found = Awaited<ReturnType<typeof found>>;
    /** A cycle found this, and the jobs it made due are done but for what shows and enriches. */
    const raise = async (all: Found[], routing = quiet) => {
      await recoverAll(shift.watching, all, now);
      await raiseAll({ ...shift.watching, routing }, all, now);
      await shift.work('receive-signal');
    };
    const telling = (routing = quiet) => ({
      store: shift.gateway,
      by: shift.watching.by,
      inventory: fernwood,
      routing,
      now: () => now,
    });
    const tell = (routing = quiet) => tellHeld(telling(routing));
    const signals = async () =>
      (await sql<Signal>`select * from signal order by metric, band desc`.execute(shift.db)).rows;
    const due = async () => {
      const jobs = (await shift.waiting('now')).filter(({ name }) => name !== 'enrich-signal');
      await sql`delete from pgboss.job`.execute(shift.db);
      return jobs.map((job: Job) => (job.name === 'show' ? job.subject : job.name));
    };
    const lists = async () => {
      const subjects = (await due()).filter((subject) => subject.startsWith('held:'));
      return Promise.all(subjects.map((subject) => heldList(shift.db, subject.slice(5))));
    };
    const listed = async () => (await shift.audited()).filter(({ kind }) => kind === 'signal.listed');

    test('held in the night it is listed in the morning, once, whoever looks and however often', async () => {
      const slow = await found('latency_p95', 'payments');
      await raise([slow]);
      const [signal] = await signals();
      expect(signal).toMatchObject({ held: expect.stringMatching(/quiet hours of money/), incident: null });
      expect(await due()).toEqual([]);
      now = six;
      await tell();
      expect(await due()).toEqual([]);
      now = seven;
      const before = (await listed()).length;
      await Promise.all([tell(), tell(), tell()]);
      const [list, ...others] = await lists();
      expect(others).toEqual([]);
      expect(list).toMatchObject({ cause: 'quiet-hours', whose: 'money', signals: [{ id: signal?.id }] });
      await tell();
      expect(await due()).toEqual([]);
      expect((await listed()).slice(before)).toMatchObject([
        { about: { signal: signal?.id }, facts: { whose: 'money', shown: true } },
      ]);
    });

    test('what is over by then is listed alone; what is still on is shown by itself as well', async () => {
      const [slow, errors] = [await found('latency_p95', 'payments'), await found('error_rate', 'payments')];
      await raise([slow, errors]);
      now = two;
      await raise([slow]);
      expect(await due()).toEqual([]);
      now = seven;
      await tell();
      const [over, on] = await signals();
      expect([over?.held, on?.held]).toEqual([expect.stringMatching(/quiet/), null]);
      const subjects = await due();
      expect(subjects.filter((one) => !one.startsWith('held:'))).toEqual([`signal:${on?.id}`]);
      await raise([]);
      expect((await due()).sort()).toEqual([expect.stringMatching(/^held:list-/), `signal:${on?.id}`]);
    });

    test('a crash while it is told leaves it to be told', async () => {
      await raise([await found('latency_p95', 'payments')]);
      now = seven;
      const queue = { ...shift.gateway.queue, add: () => Promise.reject(new Error('It died here.')) };
      const dying = { ...telling(), store: { ...shift.gateway, queue } };
      await expect(tellHeld(dying)).rejects.toThrow('It died here.');
      await tell();
      expect(await lists()).toHaveLength(1);
    });

    test('what is critical comes through at once and opens its incident; what is held joins one that is open', async () => {
      const slow = await found('latency_p95', 'payments');
      await raise([slow]);
      const worse = { ...slow, band: 'critical' as const };
      await raise([worse]);
      const { id } = await shift.last();
      expect((await due()).sort()).toEqual([
        `incident:${id}`,
        'investigate',
        expect.stringMatching(/^signal:/),
      ]);
      const errors = await found('error_rate', 'payments');
      await raise([worse, errors]);
      expect(await signals()).toMatchObject([
        { metric: 'error_rate', band: 'watch', held: null, incident: id },
        { metric: 'latency_p95', band: 'watch', held: expect.any(String), incident: null },
        { metric: 'latency_p95', band: 'critical', held: null, incident: id },
      ]);
      await due();
      now = seven;
      await tell();
      expect(await lists()).toMatchObject([{ signals: [{ metric: 'latency_p95', band: 'watch' }] }]);
    });

    test('what a team does not want told is in no list, but for what was held in quiet hours too', async () => {
      const picky = { ...quiet, teams: { money: { ...quiet.teams.money, least: 'critical' } } } as Routing;
      const [slow, errors] = [await found('latency_p95', 'payments'), await found('error_rate', 'payments')];
      await raise([slow], picky);
      now = seven;
      await raise([slow, errors], picky);
      expect((await signals()).map(({ held }) => held)).toEqual([
        'money is told of what is critical alone.',
        expect.stringMatching(/quiet hours/),
      ]);
      await tell(picky);
      const subjects = await due();
      expect(subjects).toEqual([expect.stringMatching(/^held:/)]);
      expect(await heldList(shift.db, subjects[0]?.slice(5) ?? '')).toMatchObject({
        signals: [{ metric: 'latency_p95' }],
      });
      const raisedEntry = (await shift.audited()).findLast(({ kind }) => kind === 'signal.raised');
      expect(raisedEntry?.because).toContain('money is told of what is critical alone.');
    });

    test('what is muted meanwhile is listed and not shown', async () => {
      const slow = await found('latency_p95', 'payments');
      await raise([slow]);
      const [{ id } = { id: '' as SignalId }] = await signals();
      now = six;
      const answering = {
        store: shift.gateway,
        inventory: fernwood,
        timezone,
        roles: ['on-call'],
        now: () => now,
      };
      expect((await mute(answering, id, robin)).kind).toBe('done');
      await sql`delete from pgboss.job`.execute(shift.db);
      now = seven;
      await tell();
      expect(await due()).toEqual([expect.stringMatching(/^held:/)]);
    });

    test('back within three cycles of its end it is told when what held it is over', async () => {
      const slow = await found('latency_p95', 'payments');
      await raise([slow]);
      await raise([]);
      await raise([slow]);
      const [signal] = await signals();
      expect(signal).toMatchObject({ recovered_at: null, held: expect.any(String) });
      await raise([]);
      now = seven;
      await tell();
      expect(await lists()).toMatchObject([{ signals: [{ id: signal?.id, recoveredAt: expect.any(Date) }] }]);
      await raise([slow]);
      expect(await signals()).toMatchObject([{ id: signal?.id, recovered_at: null, held: null }]);
      expect(await due()).toEqual([`signal:${signal?.id}`]);
    });

    test('an alert waits like a signal of our own, and the list learns of its end', async () => {
      const fired = new Date('2026-11-19T21:30:00Z');
      const alert = {
        fingerprint: 'f1',
        labels: { alertname: 'Slow', severity: 'warning' },
        annotations: {},
      };
      const delivery = (endsAt?: Date) =>
        ({ alerts: [{ ...alert, startsAt: fired, endsAt, link: null }], truncated: 0 }) as never;
      const place = () => ({ service: 'payments', server: null });
      const telling = () => ({ inventory: fernwood, routing: quiet, now });
      await receiveAlerts(shift.gateway, delivery(), place, telling());
      await shift.work('receive-signal');
      expect(await due()).toEqual([]);
      now = seven;
      await tell();
      expect((await due()).sort()).toEqual([
        expect.stringMatching(/^held:/),
        expect.stringMatching(/^signal:/),
      ]);
      await receiveAlerts(shift.gateway, delivery(seven), place, telling());
      expect((await due()).sort()).toEqual([
        expect.stringMatching(/^held:/),
        expect.stringMatching(/^signal:/),
      ]);
    });

    test('a maintenance window holds what is critical as well, and its list opens nothing', async () => {
      // In the window of Checkout, 02:00 to 05:00, on a Thursday.
      now = new Date('2026-11-19T02:00:00Z');
      const [errors, slow] = [
        await found('error_rate', 'checkout', 'critical'),
        await found('latency_p95', 'checkout'),
      ];
      await raise([errors, slow]);
      now = new Date('2026-11-19T03:59:00Z');
      await tell();
      await raise([errors]);
      expect(await due()).toEqual([]);
      now = new Date('2026-11-19T04:00:00Z');
      await Promise.all([tell(), tell()]);
      const [on] = await signals();
      const subjects = await due();
      expect(subjects.sort()).toEqual([expect.stringMatching(/^held:/), `signal:${on?.id}`]);
      expect(await heldList(shift.db, subjects[0]?.slice(5) ?? '')).toMatchObject({
        cause: 'window',
        whose: 'checkout',
        signals: expect.arrayContaining([
          expect.objectContaining({ metric: 'error_rate', recoveredAt: null }),
          expect.objectContaining({ metric: 'latency_p95', recoveredAt: expect.any(Date) }),
        ]),
      });
      const { rows } = await sql<{ id: IncidentId }>`select id from incident`.execute(shift.db);
      expect(rows).toEqual([]);
    });
  });
}
