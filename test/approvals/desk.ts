import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Answering } from '../../src/approvals/answer.ts';
import type { Question } from '../../src/approvals/approval.ts';
import { ask } from '../../src/approvals/ask.ts';
import { approvalOf } from '../../src/approvals/read.ts';
import { openNotes } from '../../src/audit/notes.ts';
import { openRefusals } from '../../src/audit/refusals.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, WorkerId } from '../../src/ids.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { save } from '../../src/jobs/save.ts';
import type { Terms } from '../../src/policy/policy.ts';
import type { Database } from '../../src/postgres/database.ts';
import { quiet } from '../actions/story.ts';

export const question: Question = {
  what: 'Roll checkout back to 2026.11.20-1',
  target: 'checkout',
  arguments: '{"service":"checkout","version":"2026.11.20-1"}',
  why: 'Errors began 2 minutes after deployment 2026.11.21-1.',
  evidence: ['Loki: 214 errors in 5 min, usual 2', 'AWX: deployed 14:02 UTC'],
  risk: 'medium',
  confidence: 0.914,
  expected: 'Errors fall below 1 % within 2 minutes.',
  rollback: 'Deploy the present version of checkout again from its pipeline.',
  because: ['A medium-risk change needs an approval.'],
};

/** Refused answers of one test are all of one minute. */
const oneMinute = new Date('2026-11-21T14:05:00Z');

/** Where questions are put, on a database of its own. */
export interface Desk extends Answering {
  /** Puts a question to whoever is on call or a governor, for 15 minutes, or as `terms` say. */
  asked(terms?: Partial<Terms>): Promise<{ id: ApprovalId; action: ActionId }>;
  /** The names of the jobs that are due about an approval and its action, sorted. */
  jobs(id: ApprovalId, action: ActionId): Promise<string[]>;
  /** This share of its round's time is over. */
  pass(id: ApprovalId, share: number): Promise<void>;
  /** What the audit has about an approval, in order. */
  entries(id: ApprovalId): Promise<string[]>;
  close(): Promise<void>;
}

export async function openDesk(database: Database): Promise<Desk> {
  const { db } = database;
  const queue = await openQueue(database, quiet);
  const refusals = openRefusals(openNotes(db, 'trial'), () => oneMinute);
  const store: Answering = { db, queue, chain: 'trial', refusals };
  return {
    ...store,
    asked: async (terms) => {
      const action = `act-${randomUUID()}` as ActionId;
      const worker = 'ada' as WorkerId;
      await save(store, async (tx) => ({
        result: undefined,
        ...(await ask(
          tx,
          { worker, charter: 'ada@1' },
          {
            action,
            worker,
            digest: 'd1cafe0123456789',
            incident: 'inc-1' as IncidentId,
            policy: '1',
            charter: 'ada@1',
            terms: { seats: [['on-call', 'governor']], minutes: 15, type_target: false, ...terms },
            excluded: ['p-manager' as PersonId],
            question,
          },
        )),
      }));
      return { action, id: (await approvalOf(db, action))?.id as ApprovalId };
    },
    jobs: async (id, action) => {
      const { rows } = await sql<{ name: string }>`select name from pgboss.job
        where group_id in (${id}, ${action}, ${`approval:${id}`}) order by name`.execute(db);
      return rows.map((row) => row.name);
    },
    pass: async (id, share) => {
      await sql`update approval set expires_at = clock_timestamp()
        + make_interval(secs => (terms ->> 'minutes')::float8 * 60 * ${1 - share}) where id = ${id}`.execute(
        db,
      );
    },
    entries: async (id) => {
      const { rows } = await sql<{ kind: string }>`select text::jsonb #>> '{entry,kind}' as kind from audit
        where text::jsonb #>> '{entry,about,approval}' = ${id} order by seq`.execute(db);
      return rows.map(({ kind }) => kind);
    },
    close: async () => {
      await refusals.stop();
      await queue.stop(0);
      await database.close();
    },
  };
}
