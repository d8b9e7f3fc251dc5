import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { PersonId, SignalId, SilenceId } from '../../src/ids.ts';
import { contextOf, keepContext } from '../../src/monitoring/context.ts';
import { signal as findSignal, seenBefore } from '../../src/monitoring/read.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import type { Answering } from '../../src/monitoring/silences/answering.ts';
import { expect as expectThere, offer } from '../../src/monitoring/silences/expect.ts';
import { mute } from '../../src/monitoring/silences/mute.ts';
import { notUseful } from '../../src/monitoring/silences/not-useful.ts';
import { raisedBars, saidOn, silences } from '../../src/monitoring/silences/read.ts';
import { type Expected, type Mute, silenced } from '../../src/monitoring/silences/silence.ts';
import { unmute } from '../../src/monitoring/silences/unmute.ts';
import { extraSigmas } from '../../src/monitoring/silences/vote.ts';
import { transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { openOutside } from '../incidents/outside.ts';
import { openShift, robin, type Shift } from '../shift.ts';
import { signalOf, write } from './signals.ts';

// A Friday; in Berlin it is 11:00.
const ten = new Date('2026-11-20T10:00:00Z');
const later = (minutes: number) => new Date(ten.getTime() + minutes * 60_000);
const errors = 'service checkout error_rate';
const slow = 'service checkout latency_p95';
const timezone = 'Europe/Berlin';

function said(of: string[], band: Signal['band'] = 'critical') {
  const its = signalOf('sig-1', of, { band });
  const series = its.members.map(({ about, subject, metric }) => ({ about, subject, metric }));
  const by = { person: robin.id, at: ten, endedAt: null, endedBy: null };
  return { id: '3' as SilenceId, signal: its.id, service: 'checkout', server: null, series, band, ...by };
}
const muted = (of: string[], changed: Partial<Mute> = {}): Mute => {
  return { ...said(of, changed.band), kind: 'mute', until: later(240), ...changed };
};
const expected = (of: string[], when: Expected['when']): Expected => {
  return { ...said(of), kind: 'expected', when, why: 'load test' };
};
const weekly = (hour: number, hours: number) => ({ kind: 'weekly' as const, hour, hours, timezone });

describe('a signal', () => {
  const fridayEleven = 4 * 24 + 11;
  const rows: [what: string, of: string[], mutes: Mute[], calendar: Expected[], at: Date, kind: string][] = [
    ['on which nobody said anything', [errors], [], [], ten, 'told'],
    ['that is muted', [errors], [muted([errors])], [], later(239), 'muted'],
    ['whose mute is over', [errors], [muted([errors])], [], later(240), 'told'],
    ['whose mute was undone', [errors], [muted([errors], { endedAt: ten })], [], later(1), 'told'],
    ['of another series than is muted', [slow], [muted([errors])], [], later(1), 'told'],
    ['of which one series is new', [errors, slow], [muted([errors])], [], later(1), 'told'],
    ['of fewer series than were muted', [slow], [muted([errors, slow])], [], later(1), 'muted'],
    ['muted in two parts', [errors, slow], [muted([errors]), muted([slow])], [], later(1), 'muted'],
    [
      'worse than it was when it was muted',
      [errors],
      [muted([errors], { band: 'watch' })],
      [],
      later(1),
      'told',
    ],
    [
      'expected at this hour',
      [errors],
      [],
      [expected([errors], weekly(fridayEleven, 1))],
      later(59),
      'expected',
    ],
    ['expected an hour ago', [errors], [], [expected([errors], weekly(fridayEleven, 1))], later(60), 'told'],
    [
      'expected for two hours',
      [errors],
      [],
      [expected([errors], weekly(fridayEleven, 2))],
      later(60),
      'expected',
    ],
    [
      'expected at that hour elsewhere',
      [errors],
      [],
      [expected([errors], weekly(4 * 24 + 10, 1))],
      ten,
      'told',
    ],
    [
      'a week later',
      [errors],
      [],
      [expected([errors], weekly(fridayEleven, 1))],
      later(7 * 1_440),
      'expected',
    ],
    // Sunday 23:00 to Monday 01:00; it is Monday 00:30 in Berlin.
    [
      'over the end of the week',
      [errors],
      [],
      [expected([errors], weekly(167, 2))],
      new Date('2026-11-22T23:30:00Z'),
      'expected',
    ],
    // The clocks went back on 25 October: 09:30 UTC is 11:30 before and 10:30 after.
    [
      'by the clocks, summer or winter',
      [errors],
      [],
      [expected([errors], weekly(fridayEleven, 1))],
      new Date('2026-10-23T09:30:00Z'),
      'expected',
    ],
    [
      'expected on this day',
      [errors],
      [],
      [expected([errors], { kind: 'date', date: '2026-11-20', timezone })],
      later(700),
      'expected',
    ],
    [
      'when it is the next day in Berlin',
      [errors],
      [],
      [expected([errors], { kind: 'date', date: '2026-11-20', timezone })],
      later(790),
      'told',
    ],
    [
      'one series muted, the other expected',
      [slow, errors],
      [muted([slow])],
      [expected([errors], weekly(fridayEleven, 1))],
      later(1),
      'muted',
    ],
  ];
  test.each(rows)('%s', (_, of, mutes, calendar, at, kind) => {
    const held = silenced(signalOf('sig-2', of) as Signal, mutes, calendar, at);
    expect(held).toMatchObject({ kind, because: expect.stringMatching(/^[A-Z].*\.$|^[a-z_0-9]+ of .*\.$/) });
  });

  test('without members is about its service or server', () => {
    const vanished = {
      ...signalOf('sig-2', ['server app-03 memory_available']),
      members: [],
    } as unknown as Signal;
    expect(silenced(vanished, [muted(['server app-03 memory_available'])], [], later(1)).kind).toBe('muted');
    expect(silenced(vanished, [muted(['service app-03 memory_available'])], [], later(1)).kind).toBe('told');
  });
});

test('each person who had no use for it adds half a σ, and no more than three count', () => {
  expect([0, 1, 2, 3, 4, 100].map(extraSigmas)).toEqual([0, 0.5, 1, 1.5, 1.5, 1.5]);
});

const gale = { id: 'p-gov-1' as PersonId, roles: ['governor'] };
const morgan = { id: 'p-manager' as PersonId, roles: ['manager'] };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`answers to a signal, on ${name}`, () => {
    let shift: Shift;
    let now = ten;
    let answering: Answering;
    const sig = 'sig-1' as SignalId;
    beforeAll(async () => {
      shift = await openShift(await open(), openOutside());
      const roles = ['on-call', 'governor'];
      answering = { store: shift.gateway, inventory: fernwood, timezone, roles, now: () => now };
    });
    beforeEach(async () => {
      await shift.forget();
      now = ten;
      await write(shift.db, signalOf(sig, [errors, slow]));
      await sql`update signal set raised_at = ${ten}`.execute(shift.db);
    });
    afterAll(() => shift?.close());

    const signal = async () => (await findSignal(shift.db, sig)) as Signal;
    const held = async () => {
      const { mutes, calendar } = await silences(shift.db, now);
      return silenced(await signal(), mutes, calendar, now).kind;
    };
    const shows = async (when: 'now' | 'later') =>
      (await shift.waiting(when)).map((job) => (job.name === 'show' ? job.subject : job.name));
    const audited = async () => (await shift.audited({ signal: sig })).slice(-1);

    test('a mute holds it back for four hours, is audited, and its card is shown now and then', async () => {
      expect(await mute(answering, sig, robin)).toMatchObject({
        kind: 'done',
        because: expect.stringContaining('Muted until 15:00 (Europe/Berlin): '),
      });
      expect(await held()).toBe('muted');
      expect([await shows('now'), await shows('later')]).toEqual([['signal:sig-1'], ['signal:sig-1']]);
      expect(await audited()).toMatchObject([
        {
          kind: 'signal.muted',
          by: { person: 'p-oncall' },
          about: { signal: sig, service: 'checkout' },
          facts: {
            until: '2026-11-20T14:00:00.000Z',
            series: [{ metric: 'error_rate' }, { metric: 'latency_p95' }],
          },
        },
      ]);
      now = later(240);
      expect(await held()).toBe('told');
      expect(await silences(shift.db, now)).toEqual({ mutes: [], calendar: [] });
    });

    test('muted twice, also at the same moment, is muted once', async () => {
      const all = await Promise.all([robin, gale, robin].map((person) => mute(answering, sig, person)));
      expect(all.map(({ kind }) => kind).sort()).toEqual(['done', 'refused', 'refused']);
      expect((await silences(shift.db, now)).mutes).toHaveLength(1);
      expect((await mute(answering, sig, gale)).because).toBe(
        'It is muted until 15:00 (Europe/Berlin) already: the card shows by whom.',
      );
    });

    test('undone by its number, once, it is told again', async () => {
      await mute(answering, sig, robin);
      const [{ id } = { id: '' }] = (await silences(shift.db, now)).mutes;
      now = later(9);
      expect(await unmute(answering, id, gale)).toEqual({
        kind: 'done',
        because: 'Undone: what happens there is told again.',
      });
      expect(await held()).toBe('told');
      expect(await audited()).toMatchObject([
        { kind: 'signal.unmuted', by: { person: 'p-gov-1' }, facts: { silence: id } },
      ]);
      expect((await unmute(answering, id, gale)).because).toMatch(/over already/);
      expect(await saidOn(shift.db, sig)).toMatchObject([{ endedAt: later(9), endedBy: 'p-gov-1' }]);
      expect((await mute(answering, sig, robin)).kind).toBe('done');
    });

    test.each(['', '99', 'x', '3; drop table silence', '999999999999999999999', '-1'])(
      'there is no mute "%s"',
      async (number) => {
        expect(await unmute(answering, number, robin)).toMatchObject({
          kind: 'refused',
          because: expect.stringMatching(/^Nothing is muted under/),
        });
      },
    );

    test('expected is for this day, and each week for who says so', async () => {
      now = later(70);
      expect(await offer(answering, sig, robin)).toEqual({
        kind: 'offered',
        today: 'on 2026-11-20 (Europe/Berlin)',
        weekly: 'every Friday 11:00–13:00 (Europe/Berlin)',
      });
      await expectThere(answering, sig, robin, 'a load test');
      expect((await silences(shift.db, now)).calendar).toMatchObject([
        { why: 'a load test', when: { date: '2026-11-20' } },
      ]);
      expect(await held()).toBe('expected');
      now = later(7 * 1_440);
      expect(await held()).toBe('told');
      now = later(70);
      await expectThere(answering, sig, gale, 'Weekly: batch of invoices');
      now = later(7 * 1_440);
      expect(await held()).toBe('expected');
      expect((await silences(shift.db, now)).calendar).toMatchObject([
        {
          why: 'batch of invoices',
          person: 'p-gov-1',
          when: { kind: 'weekly', hour: 107, hours: 2, timezone },
        },
      ]);
      expect(await audited()).toMatchObject([
        { kind: 'signal.expected', facts: { when: { hour: 107 } }, words: expect.anything() },
      ]);
    });

    test('a signal that was over is expected for as long as it was', async () => {
      await sql`update signal set recovered_at = ${later(50)}`.execute(shift.db);
      now = later(600);
      await expectThere(answering, sig, robin, 'every week, backup');
      expect((await silences(shift.db, now)).calendar).toMatchObject([
        { why: 'backup', when: { hour: 107, hours: 1 } },
      ]);
    });

    test('who does not answer for it may not silence it, its owner may', async () => {
      const because =
        'Only on-call or governor, or the owner of checkout, may do this: ask one of them. Nothing was changed.';
      expect(await mute(answering, sig, morgan)).toEqual({ kind: 'refused', because });
      expect(await expectThere(answering, sig, morgan, 'x y z')).toEqual({ kind: 'refused', because });
      expect(await offer(answering, sig, morgan)).toEqual({ kind: 'refused', because });
      expect(await held()).toBe('told');
      const tried = (await shift.audited({ signal: sig })).slice(-2);
      expect(tried.map(({ kind, facts }) => [kind, facts?.intent])).toEqual([
        ['door.refused', 'mute'],
        ['door.refused', 'expected'],
      ]);
      const owner = fernwood.services.find(({ id }) => id === 'checkout')?.owner as PersonId;
      expect((await mute(answering, sig, { id: owner, roles: [] })).kind).toBe('done');
      const [{ id } = { id: '' }] = (await silences(shift.db, now)).mutes;
      expect(await unmute(answering, id, morgan)).toEqual({ kind: 'refused', because });
    });

    test('not useful counts once a person, for 90 days', async () => {
      const people = [robin, gale, morgan, { id: 'p-dba' as PersonId, roles: [] }];
      const kinds = [];
      for (const person of [...people, robin]) kinds.push((await notUseful(answering, sig, person)).kind);
      expect(kinds).toEqual(['done', 'done', 'done', 'done', 'refused']);
      const bars = async () => (await raisedBars(shift.db, now)).get('service:checkout:error_rate');
      expect(await bars()).toBe(1.5);
      expect(await audited()).toMatchObject([{ kind: 'signal.not-useful', by: { person: 'p-dba' } }]);
      now = later(91 * 1_440);
      expect(await bars()).toBeUndefined();
      expect((await notUseful(answering, sig, robin)).kind).toBe('done');
      expect(await bars()).toBe(0.5);
    });

    test('a signal nobody knows is answered with a sentence', async () => {
      const none = 'sig-none' as SignalId;
      for (const answered of [
        await mute(answering, none, robin),
        await expectThere(answering, none, robin, 'x y z'),
        await notUseful(answering, none, robin),
        await offer(answering, none, robin),
      ])
        expect(answered).toEqual({ kind: 'refused', because: 'This signal is not in the record.' });
    });

    test('how often the same was seen, before it and within the days', async () => {
      await sql`update signal set recovered_at = raised_at`.execute(shift.db);
      for (const [nth, minutes] of [-1, -60, -89 * 1_440, -91 * 1_440, 5].entries()) {
        const id = await write(shift.db, signalOf(`sig-b${nth}`, [errors]));
        // Each was over before the next was raised.
        await sql`update signal set raised_at = ${later(minutes)}, recovered_at = ${later(minutes)}
          where id = ${id}`.execute(shift.db);
      }
      await write(shift.db, signalOf('sig-other', [slow]));
      expect(await seenBefore(shift.db, await signal(), 90)).toBe(3);
    });

    test('what was found out around it is kept, and nothing of everything when nothing was', async () => {
      expect(await contextOf(shift.db, sig)).toMatchObject({ changes: [], logs: [], notes: [] });
      const found = {
        picture: { id: 'ab'.repeat(20) as never, alt: 'A chart.' },
        notes: ['Loki\u0000 was silent.'],
      };
      await transact(shift.db, (tx) => keepContext(tx, sig, { changes: [{ text: 'first' }] }));
      await transact(shift.db, (tx) => keepContext(tx, sig, found));
      expect(await contextOf(shift.db, sig)).toMatchObject({
        picture: found.picture,
        changes: [],
        logs: [],
        notes: ['Loki\uFFFD was silent.'],
      });
    });
  });
}
