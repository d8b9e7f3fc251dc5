import { sql } from 'kysely';
import type { ApprovalId, PersonId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import type { Db, Tx } from '../postgres/database.ts';
import { storable } from '../postgres/text.ts';
import { showJobs } from './shown.ts';
import { lock } from './store.ts';

/** A question somebody put before deciding; the approval stays open. */
export interface Enquiry {
  id: number;
  approval: ApprovalId;
  person: PersonId;
  question: string;
  answer: string | null;
  at: Date;
}

export type Enquired = { kind: 'enquired' | 'too-late'; because: string };

/** Keeps a question on an open approval and makes its answer due. */
export function enquire(
  store: Store,
  asked: Pick<Enquiry, 'approval' | 'person' | 'question'>,
): Promise<Enquired> {
  return save<Enquired>(store, async (tx) => {
    const found = await lock(tx, asked.approval);
    if (found?.approval.status !== 'open') {
      return {
        result: { kind: 'too-late', because: 'This request is settled already: the card shows by whom.' },
        entries: [],
        jobs: [],
      };
    }
    const id = await insertEnquiry(tx, asked);
    const { action, incident } = found.approval;
    const about = { approval: asked.approval, action, incident: incident ?? undefined };
    return {
      result: {
        kind: 'enquired',
        because: 'Asked: the answer comes under the card, and the request stays open.',
      },
      entries: [
        {
          kind: 'approval.enquired',
          by: { person: asked.person },
          about,
          words: { question: asked.question },
        },
      ],
      jobs: [{ name: 'answer-enquiry', enquiry: id }],
    };
  });
}

async function insertEnquiry(
  tx: Tx,
  { approval, person, question }: Pick<Enquiry, 'approval' | 'person' | 'question'>,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`insert into approval_enquiry (approval, person, question)
    values (${approval}, ${person}, ${storable(question)}) returning id::int`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`The question on ${approval} was not written.`);
  return row.id;
}

const columns = sql`id::int, approval, person, question, answer, at`;

export async function enquiry(db: Db, id: number): Promise<Enquiry | undefined> {
  const { rows } = await sql<Enquiry>`select ${columns} from approval_enquiry where id = ${id}`.execute(db);
  return rows[0];
}

/** The questions on an approval, oldest first. */
export async function enquiriesOf(db: Db, approval: ApprovalId): Promise<Enquiry[]> {
  const { rows } =
    await sql<Enquiry>`select ${columns} from approval_enquiry where approval = ${approval} order by id`.execute(
      db,
    );
  return rows;
}

/** Keeps the answer and shows it. Safe to call twice. */
export function answerEnquiry(store: Store, { id, approval }: Enquiry, answer: string): Promise<void> {
  return save(store, async (tx) => {
    await sql`update approval_enquiry set answer = ${storable(answer)} where id = ${id} and answer is null`.execute(
      tx,
    );
    const found = await lock(tx, approval);
    return { result: undefined, entries: [], jobs: found ? showJobs(found.approval) : [] };
  });
}
