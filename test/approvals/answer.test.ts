import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../../src/approvals/answer.ts';
import type { Answer, Approval } from '../../src/approvals/approval.ts';
import { answerEnquiry, enquire, enquiriesOf } from '../../src/approvals/enquiry.ts';
import { lapse, remind } from '../../src/approvals/lapse.ts';
import { approval as find, noteOutcome, replace, useUp } from '../../src/approvals/read.ts';
import type { ApprovalId, PersonId } from '../../src/ids.ts';
import { transact } from '../../src/postgres/database.ts';
import { guest, maria } from '../actions/story.ts';
import { databases } from '../databases.ts';
import { type Desk, openDesk } from './desk.ts';

const approve: Answer = { kind: 'approve' };
const reject: Answer = { kind: 'reject', reason: 'Not on a Friday.' };

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`approvals on ${name}`, () => {
    let desk: Desk;
    beforeAll(async () => {
      desk = await openDesk(await open());
    });
    afterAll(() => desk?.close());

    const says = (approval: ApprovalId, said: Answer, person = maria) =>
      answer(desk, { approval, person, answer: said });
    const found = async (id: ApprovalId) => (await find(desk.db, id)) as Approval;

    test('a question waits, is shown, and is closed by itself when its time is up', async () => {
      const { id, action } = await desk.asked();
      const approval = await found(id);
      expect(approval).toMatchObject({
        status: 'open',
        answers: [],
        outcome: null,
        round: 1,
        reminded: 0,
      });
      expect(approval.expiresAt.getTime() - approval.askedAt.getTime()).toBeCloseTo(15 * 60_000, -2);
      expect(await desk.jobs(id, action)).toEqual(['lapse-approval', 'remind-approval', 'show']);
      expect(await desk.entries(id)).toEqual(['approval.asked']);
    });

    test.each([
      ['approve', approve, 'approved', null],
      ['reject', reject, 'rejected', 'Not on a Friday.'],
    ] as const)(
      'to %s is written down with who and when, and leaves the job that goes on',
      async (_, said, status, reason) => {
        const { id, action } = await desk.asked();
        expect((await says(id, said)).kind).toBe('recorded');
        const approval = await found(id);
        const [given] = approval.answers;
        expect(approval).toMatchObject({ status });
        expect(approval.answers).toHaveLength(1);
        expect(given).toMatchObject({ person: maria.id, roles: maria.roles, answer: said.kind, reason });
        expect(given?.at.getTime()).toBeGreaterThanOrEqual(approval.askedAt.getTime());
        expect(await desk.jobs(id, action)).toEqual([
          'advance-action',
          'lapse-approval',
          'remind-approval',
          'show',
          'show',
        ]);
        expect(await desk.entries(id)).toEqual(['approval.asked', 'approval.answered']);
      },
    );

    test('of twenty answers at once exactly one is recorded, and the others hear that it is settled', async () => {
      const { id, action } = await desk.asked();
      const answers = Array.from({ length: 20 }, (_, n) => says(id, n % 2 ? approve : reject));
      const judged = (await Promise.all(answers)).map(({ kind }) => kind);
      expect(judged.filter((kind) => kind === 'recorded')).toHaveLength(1);
      expect(judged.filter((kind) => kind === 'settled')).toHaveLength(19);
      const jobs = await desk.jobs(id, action);
      expect(jobs.filter((job) => job === 'advance-action')).toHaveLength(1);
      const entries = await desk.entries(id);
      expect(entries.filter((kind) => kind === 'approval.answered')).toHaveLength(1);
      // The first of each answer at once; all the others are counted.
      expect(entries.filter((kind) => kind === 'door.refused')).toHaveLength(2);
    });

    test.each([1, 2, 3, 4, 5])(
      'when one approves while another rejects, what stands is what one of them heard (%i)',
      async () => {
        const { id } = await desk.asked();
        const [yes, no] = await Promise.all([says(id, approve), says(id, reject)]);
        const { status, answers } = await found(id);
        expect([yes.kind, no.kind].sort()).toEqual(['recorded', 'settled']);
        expect(status).toBe(yes.kind === 'recorded' ? 'approved' : 'rejected');
        expect(answers.map(({ reason }) => reason)).toEqual([
          no.kind === 'recorded' ? 'Not on a Friday.' : null,
        ]);
      },
    );

    test('who may not is told so, nothing changes, and the attempt is in the audit', async () => {
      const { id, action } = await desk.asked();
      expect((await says(id, approve, guest)).kind).toBe('not-yours');
      expect((await found(id)).status).toBe('open');
      expect(await desk.jobs(id, action)).not.toContain('advance-action');
      expect(await desk.entries(id)).toEqual(['approval.asked', 'door.refused']);
      expect((await says(id, approve)).kind).toBe('recorded');
    });

    test('a request nobody knows is not a mistake', async () => {
      const unknown = 'apr-unknown' as ApprovalId;
      expect(await says(unknown, approve)).toEqual({
        kind: 'expired',
        because: 'This request is not known here any more.',
      });
      expect(await desk.entries(unknown)).toEqual(['door.refused']);
    });

    test('a reason lies beside the audit, where it can be erased', async () => {
      const { id } = await desk.asked();
      await says(id, { kind: 'reject', reason: 'Peter is on holiday.' });
      const { rows } = await sql<{
        text: string;
      }>`select text from audit where text like ${`%${id}%`}`.execute(desk.db);
      expect(rows.map(({ text }) => text).join()).not.toContain('Peter');
      const words = await sql`select 1 from audit_words where words = 'Peter is on holiday.'`.execute(
        desk.db,
      );
      expect(words.rows).toHaveLength(1);
    });

    describe('two seats', () => {
      const terms = { seats: [['on-call'], ['governor']], type_target: true };
      const omar = { id: 'p-omar' as PersonId, roles: ['on-call', 'governor'] };
      const typed: Answer = { kind: 'approve', typed: 'checkout' };

      test('are taken by two people, the first of whom types the target', async () => {
        const { id, action } = await desk.asked(terms);
        expect((await says(id, approve)).kind).toBe('type-target');
        expect((await found(id)).answers).toEqual([]);
        expect(await says(id, typed)).toMatchObject({ kind: 'recorded', complete: false });
        expect((await says(id, typed)).kind).toBe('settled');
        expect(await desk.jobs(id, action)).not.toContain('advance-action');
        expect(await says(id, approve, omar)).toMatchObject({ kind: 'recorded', complete: true });
        const { status, answers } = await found(id);
        expect(status).toBe('approved');
        expect(answers.map(({ person, typed: has }) => [person, has])).toEqual([
          [maria.id, true],
          [omar.id, false],
        ]);
        expect((await desk.jobs(id, action)).filter((job) => job === 'advance-action')).toHaveLength(1);
      });

      test('are never both taken by one person, however often and quickly they click', async () => {
        const { id, action } = await desk.asked(terms);
        const judged = await Promise.all(Array.from({ length: 20 }, () => says(id, typed, omar)));
        expect(judged.filter(({ kind }) => kind === 'recorded')).toHaveLength(1);
        expect(await found(id)).toMatchObject({ status: 'open', answers: [{ person: omar.id }] });
        expect(await desk.jobs(id, action)).not.toContain('advance-action');
      });

      test('are not taken by who answers for the worker', async () => {
        const { id } = await desk.asked(terms);
        const manager = { id: 'p-manager' as PersonId, roles: ['on-call', 'governor'] };
        expect((await says(id, typed, manager)).kind).toBe('not-yours');
        expect((await says(id, reject, manager)).kind).toBe('not-yours');
        expect(await found(id)).toMatchObject({ status: 'open', answers: [] });
      });

      test('are given back by who approved and then thinks better of it', async () => {
        const { id } = await desk.asked(terms);
        await says(id, typed, omar);
        expect(await says(id, reject, omar)).toMatchObject({ kind: 'recorded', complete: true });
        const { status, answers } = await found(id);
        expect(status).toBe('rejected');
        expect(answers.map(({ person, answer: said }) => [person, said])).toEqual([[omar.id, 'reject']]);
        expect((await says(id, approve)).kind).toBe('settled');
      });
    });

    describe('half its time', () => {
      test('calls once those who are asked', async () => {
        const { id, action } = await desk.asked();
        await desk.pass(id, 0.5);
        await Promise.all([remind(desk, id), remind(desk, id)]);
        expect(await found(id)).toMatchObject({ status: 'open', reminded: 1 });
        expect(await desk.entries(id)).toEqual(['approval.asked', 'approval.reminded']);
        expect((await desk.jobs(id, action)).filter((job) => job === 'show')).toHaveLength(2);
      });

      test('calls nobody once it is answered', async () => {
        const { id } = await desk.asked();
        await desk.pass(id, 0.5);
        await says(id, approve);
        await remind(desk, id);
        expect((await found(id)).reminded).toBe(0);
        expect(await desk.entries(id)).not.toContain('approval.reminded');
      });
    });

    describe('a second round', () => {
      const gone = (id: ApprovalId) =>
        sql`update approval set expires_at = clock_timestamp() where id = ${id}`.execute(desk.db);
      const manager = { id: 'p-lead' as PersonId, roles: ['manager'] };

      test.each([15, 0.5])('asks the next contacts once, for as long again (%d minutes)', async (minutes) => {
        const { id, action } = await desk.asked({ minutes, next: ['manager'] });
        expect((await says(id, approve, manager)).kind).toBe('not-yours');
        await gone(id);
        await Promise.all([lapse(desk, id), lapse(desk, id)]);
        const { rows } = await sql<{ left: number }>`select
          extract(epoch from expires_at - clock_timestamp())::float8 as left from approval where id = ${id}`.execute(
          desk.db,
        );
        expect(rows[0]?.left).toBeGreaterThan(minutes * 60 - 20);
        expect(rows[0]?.left).toBeLessThanOrEqual(minutes * 60);
        expect(await found(id)).toMatchObject({
          status: 'open',
          round: 2,
          terms: { seats: [['on-call', 'governor', 'manager']] },
        });
        expect(await desk.entries(id)).toEqual(['approval.asked', 'door.refused', 'approval.escalated']);
        expect(await desk.jobs(id, action)).not.toContain('advance-action');
        expect((await says(id, approve, manager)).kind).toBe('recorded');
      });

      test('without an answer ends it, and nobody is said to have denied it', async () => {
        const { id, action } = await desk.asked({ next: ['manager'] });
        await gone(id);
        await lapse(desk, id);
        await gone(id);
        expect((await says(id, approve, manager)).kind).toBe('expired');
        await lapse(desk, id);
        expect(await found(id)).toMatchObject({ status: 'lapsed', answers: [] });
        expect(await desk.entries(id)).toEqual([
          'approval.asked',
          'approval.escalated',
          'door.refused',
          'approval.lapsed',
        ]);
        expect((await desk.jobs(id, action)).filter((job) => job === 'advance-action')).toHaveLength(1);
      });

      test('keeps what was approved in the first', async () => {
        const { id } = await desk.asked({ seats: [['on-call'], ['governor']], next: ['manager'] });
        await says(id, approve);
        await gone(id);
        await lapse(desk, id);
        expect((await says(id, approve)).kind).toBe('settled');
        expect(await says(id, approve, manager)).toMatchObject({ kind: 'recorded', complete: true });
      });
    });

    describe('a question before deciding', () => {
      test('is kept and due to be answered, the request stays open, and its answer is shown', async () => {
        const { id, action } = await desk.asked();
        const asked = { approval: id, person: maria.id, question: 'Which version runs now?' };
        expect((await enquire(desk, asked)).kind).toBe('enquired');
        const [one] = await enquiriesOf(desk.db, id);
        expect(one).toMatchObject({ ...asked, answer: null });
        expect((await found(id)).status).toBe('open');
        if (one) await answerEnquiry(desk, one, '2026.11.21-1.');
        if (one) await answerEnquiry(desk, one, 'Something else.');
        expect(await enquiriesOf(desk.db, id)).toMatchObject([{ answer: '2026.11.21-1.' }]);
        expect(await desk.entries(id)).toEqual(['approval.asked', 'approval.enquired']);
        expect(await desk.jobs(id, action)).not.toContain('advance-action');
        expect((await says(id, approve)).kind).toBe('recorded');
      });

      test('comes too late once it is settled', async () => {
        const { id } = await desk.asked();
        await says(id, reject);
        const asked = { approval: id, person: maria.id, question: 'Why?' };
        expect((await enquire(desk, asked)).kind).toBe('too-late');
        expect(await enquiriesOf(desk.db, id)).toEqual([]);
      });
    });

    describe('used up at the moment of running', () => {
      const bound = { digest: 'd1cafe0123456789', policy: '1', charter: 'ada@1' };
      const use = (id: ApprovalId, changed: Partial<typeof bound> = {}) =>
        transact(desk.db, (tx) => useUp(tx, { id, ...bound, ...changed }));
      const approved = async () => {
        const { id } = await desk.asked();
        await says(id, approve);
        return id;
      };

      test('is exactly once, however many ask at once', async () => {
        const id = await approved();
        const used = await Promise.all(Array.from({ length: 20 }, () => use(id)));
        expect(used.filter((one) => one)).toHaveLength(1);
        expect(await use(id)).toBe(false);
      });

      test.each([{ digest: 'other' }, { policy: '2' }, { charter: 'ada@2' }])(
        'is not for anything else: %j',
        async (changed) => {
          const id = await approved();
          expect(await use(id, changed)).toBe(false);
          expect(await use(id)).toBe(true);
        },
      );

      test('is never at or after its expiry by the clock of the database', async () => {
        const id = await approved();
        await sql`update approval set expires_at = clock_timestamp() where id = ${id}`.execute(desk.db);
        expect(await use(id)).toBe(false);
      });

      test('is not while it is open, nor once it was rejected, superseded or withdrawn', async () => {
        const { id: open } = await desk.asked();
        const { id: rejected } = await desk.asked();
        const { id: withdrawn } = await desk.asked();
        await says(rejected, reject);
        await transact(desk.db, (tx) => noteOutcome(tx, withdrawn, 'No longer needed.'));
        const replaced = await approved();
        await transact(desk.db, (tx) => replace(tx, replaced, 'The policy changed.'));
        expect((await found(replaced)).status).toBe('superseded');
        for (const id of [open, rejected, withdrawn, replaced]) expect(await use(id)).toBe(false);
      });
    });

    describe('its time', () => {
      test('is not up yet: it stays open, and is looked at again then', async () => {
        const { id, action } = await desk.asked();
        await lapse(desk, id);
        expect((await found(id)).status).toBe('open');
        expect(await desk.jobs(id, action)).toEqual([
          'lapse-approval',
          'lapse-approval',
          'remind-approval',
          'show',
        ]);
        expect(await desk.entries(id)).toEqual(['approval.asked']);
      });

      test('is up, by the clock of the database: it is closed once, and whoever comes is too late', async () => {
        const { id, action } = await desk.asked();
        await sql`update approval set expires_at = clock_timestamp() where id = ${id}`.execute(desk.db);
        expect((await says(id, approve)).kind).toBe('expired');
        await Promise.all([lapse(desk, id), lapse(desk, id), lapse(desk, id)]);
        expect(await found(id)).toMatchObject({ status: 'lapsed', answers: [] });
        expect((await says(id, approve)).kind).toBe('expired');
        const jobs = await desk.jobs(id, action);
        expect(jobs.filter((job) => job === 'advance-action')).toHaveLength(1);
        expect(await desk.entries(id)).toEqual(['approval.asked', 'door.refused', 'approval.lapsed']);
      });

      test('is up after it was answered: the answer stands', async () => {
        const { id } = await desk.asked();
        await says(id, approve);
        await sql`update approval set expires_at = clock_timestamp() where id = ${id}`.execute(desk.db);
        await lapse(desk, id);
        expect((await found(id)).status).toBe('approved');
      });

      test('is up for a request nobody knows: nothing happens', async () => {
        await lapse(desk, 'apr-unknown' as ApprovalId);
      });
    });
  });
}
