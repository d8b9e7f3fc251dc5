import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../../src/approvals/answer.ts';
import type { Answer, Approval } from '../../src/approvals/approval.ts';
import { lapse } from '../../src/approvals/lapse.ts';
import { approval as find } from '../../src/approvals/read.ts';
import type { ApprovalId } from '../../src/ids.ts';
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
      expect(approval).toMatchObject({ status: 'open', answeredBy: null, outcome: null });
      expect(approval.expiresAt.getTime() - approval.askedAt.getTime()).toBeCloseTo(15 * 60_000, -2);
      expect(await desk.jobs(id, action)).toEqual(['lapse-approval', 'show']);
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
        expect(approval).toMatchObject({ status, reason, answeredBy: maria.id });
        expect(approval.answeredAt?.getTime()).toBeGreaterThanOrEqual(approval.askedAt.getTime());
        expect(await desk.jobs(id, action)).toEqual(['advance-action', 'lapse-approval', 'show', 'show']);
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
      expect(entries.filter((kind) => kind === 'door.refused')).toHaveLength(19);
    });

    test.each([1, 2, 3, 4, 5])(
      'when one approves while another rejects, what stands is what one of them heard (%i)',
      async () => {
        const { id } = await desk.asked();
        const [yes, no] = await Promise.all([says(id, approve), says(id, reject)]);
        const { status, reason } = await found(id);
        expect([yes.kind, no.kind].sort()).toEqual(['recorded', 'settled']);
        expect(status).toBe(yes.kind === 'recorded' ? 'approved' : 'rejected');
        expect(reason).toBe(no.kind === 'recorded' ? 'Not on a Friday.' : null);
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

    describe('its time', () => {
      test('is not up yet: it stays open, and is looked at again then', async () => {
        const { id, action } = await desk.asked();
        await lapse(desk, id);
        expect((await found(id)).status).toBe('open');
        expect(await desk.jobs(id, action)).toEqual(['lapse-approval', 'lapse-approval', 'show']);
        expect(await desk.entries(id)).toEqual(['approval.asked']);
      });

      test('is up, by the clock of the database: it is closed once, and whoever comes is too late', async () => {
        const { id, action } = await desk.asked();
        await sql`update approval set expires_at = clock_timestamp() where id = ${id}`.execute(desk.db);
        expect((await says(id, approve)).kind).toBe('expired');
        await Promise.all([lapse(desk, id), lapse(desk, id), lapse(desk, id)]);
        expect(await found(id)).toMatchObject({ status: 'lapsed', answeredBy: null });
        expect((await says(id, approve)).kind).toBe('expired');
        const jobs = await desk.jobs(id, action);
        expect(jobs.filter((job) => job === 'advance-action')).toHaveLength(1);
        expect(await desk.entries(id)).toEqual([
          'approval.asked',
          'door.refused',
          'approval.lapsed',
          'door.refused',
        ]);
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
