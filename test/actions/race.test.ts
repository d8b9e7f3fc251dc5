import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advance } from '../../src/actions/advance.ts';
import { hold } from '../../src/actions/hold.ts';
import { propose } from '../../src/actions/propose.ts';
import { actionsOf } from '../../src/actions/read.ts';
import { answer } from '../../src/approvals/answer.ts';
import { lapse } from '../../src/approvals/lapse.ts';
import { approvalsOf } from '../../src/approvals/read.ts';
import { openNotes } from '../../src/audit/notes.ts';
import { verify } from '../../src/audit/verify.ts';
import type { IncidentId } from '../../src/ids.ts';
import { type Tx, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { deed, maria, newIncident, openStory, type Story, takeOver } from './story.ts';

const seeds = { embedded: [1], postgres: [1, 2, 3, 4, 5, 6, 7, 8] };

/** The same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`everybody at once, on ${name}`, () => {
    let story: Story;
    let gateway: Story['gateway'];
    beforeAll(async () => {
      story = await openStory(await open());
      gateway = story.gateway;
    });
    afterAll(() => story?.close());

    let servers = 0;
    /** One after another, on whatever is there at that moment. */
    function moves(incident: IncidentId): Record<string, () => Promise<unknown>> {
      const all = async () => (await actionsOf(gateway.db, incident)).map(({ id }) => id);
      const open = async () => (await approvalsOf(gateway.db, incident)).map(({ id }) => id);
      const each = async <T>(ids: Promise<T[]>, act: (id: T) => Promise<unknown>) =>
        Promise.all((await ids).map(act));
      return {
        restart: () => propose(gateway, deed({ incident, arguments: { server: `web-${servers++}` } })),
        'roll back': () => propose(gateway, deed({ incident, tool: 'roll-back' })),
        step: () => propose(gateway, deed({ incident, step: 0, tool: 'roll-back' })),
        advance: () => each(all(), (id) => advance(gateway, id)),
        approve: () =>
          each(open(), (approval) =>
            answer(gateway, { approval, person: maria, answer: { kind: 'approve' } }),
          ),
        reject: () =>
          each(open(), (approval) =>
            answer(gateway, { approval, person: maria, answer: { kind: 'reject', reason: 'no' } }),
          ),
        lapse: () => each(open(), (approval) => lapse(gateway, approval)),
        note: () => openNotes(gateway.db, 'trial').note({ kind: 'scrape.cycle', by: { roster: 'test' } }),
      };
    }

    /** Where in the audit an incident was taken over, and where its actions were begun. */
    async function places(incident: IncidentId): Promise<{ taken: number; running: number[] }> {
      const { rows } = await sql<{
        seq: number;
        kind: string;
      }>`select seq::int, text::jsonb #>> '{entry,kind}' as kind
        from audit where text::jsonb #>> '{entry,about,incident}' = ${incident} order by seq`.execute(
        gateway.db,
      );
      const of = (kind: string) => rows.filter((one) => one.kind === kind).map(({ seq }) => seq);
      return { taken: of('incident.taken')[0] ?? 0, running: of('action.running') };
    }

    /** Waits until `many` transactions wait for a lock; the embedded database has one session, where nobody can. */
    async function waiting(tx: Tx, many: number): Promise<void> {
      if (name === 'embedded') return;
      const count = async () => {
        // Else a transaction sees those connected at its first look, however often it looks.
        await sql`select pg_stat_clear_snapshot()`.execute(tx);
        const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_locks l
          join pg_stat_activity a using (pid) where not granted and a.datname = current_database()`.execute(
          tx,
        );
        return rows[0]?.n;
      };
      await expect.poll(count, { timeout: 15_000 }).toBe(many);
    }

    test('what begins in the moment a person takes over waits for it, and is not done', async () => {
      const incident = newIncident();
      const alone = await propose(gateway, deed({ incident }));
      const approved = await propose(gateway, deed({ incident, tool: 'roll-back' }));
      await story.says(approved, { kind: 'approve' });
      let meanwhile: Promise<unknown> = Promise.resolve();
      await transact(gateway.db, async (tx) => {
        await hold(gateway, tx, incident);
        meanwhile = Promise.all([advance(gateway, alone), advance(gateway, approved)]);
        await waiting(tx, 2);
      });
      await meanwhile;
      for (const id of [alone, approved]) {
        expect((await story.action(id))?.status).toBe('refused');
        expect(story.outside.begun(id)).toEqual([]);
      }
    });

    test('what is asked in the moment a person takes over is not left open', async () => {
      const incident = newIncident();
      let meanwhile: Promise<unknown> = Promise.resolve();
      await transact(gateway.db, async (tx) => {
        await hold(gateway, tx, incident);
        meanwhile = propose(gateway, deed({ incident, tool: 'roll-back' }));
        await waiting(tx, 1);
      });
      await meanwhile;
      expect(await approvalsOf(gateway.db, incident)).toEqual([]);
    });

    test.each(seeds[name])(
      'nobody waits for each other in a circle, nothing is done twice or after it was taken over (seed %i)',
      async (seed) => {
        const roll = dice(seed);
        const incident = newIncident();
        const names = Object.keys(moves(incident));
        const holdAt = 20 + Math.floor(roll() * 30);
        const crowd = Array.from({ length: 60 }, (_, turn) => {
          if (turn === holdAt) return takeOver(gateway, incident);
          return moves(incident)[names[Math.floor(roll() * names.length)] ?? 'advance']?.();
        });
        await Promise.all(crowd);
        await moves(incident).advance?.();
        const { taken, running } = await places(incident);
        expect(taken).toBeGreaterThan(0);
        expect(running.filter((seq) => seq > taken)).toEqual([]);
        for (const { id, status } of await actionsOf(gateway.db, incident)) {
          const begun = story.outside.begun(id).length;
          expect(['done', 'refused', 'rejected', 'indeterminate']).toContain(status);
          expect(begun).toBeLessThanOrEqual(1);
          if (status === 'refused' || status === 'rejected') expect(begun).toBe(0);
        }
        expect(await approvalsOf(gateway.db, incident)).not.toContainEqual(
          expect.objectContaining({ status: 'open' }),
        );
        expect(await verify(gateway.db)).toMatchObject({ kind: 'intact' });
      },
    );
  });
}
