import type { Entry } from '../audit/entry.ts';
import type { ApprovalId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Approval, nextOf } from './approval.ts';
import { widened } from './seats.ts';
import { showJobs } from './shown.ts';
import { lock, setReminded, setSecondRound, setStatus } from './store.ts';

const nothing: Consequences = { entries: [], jobs: [] };

/** Reminds those asked, half-way through each round, if nobody has decided. Safe to call twice, and too early. */
export function remind(store: Store, id: ApprovalId): Promise<void> {
  return save(store, async (tx) => {
    const found = await lock(tx, id);
    if (found?.approval.status !== 'open' || found.approval.reminded >= found.approval.round)
      return { result: undefined, ...nothing };
    const { approval, now } = found;
    const after = halfOf(approval);
    if (now < after)
      return { result: undefined, entries: [], jobs: [{ name: 'remind-approval', approval: id, after }] };
    await setReminded(tx, id, approval.round);
    return {
      result: undefined,
      entries: [entryOf('approval.reminded', approval)],
      jobs: showJobs(approval),
    };
  });
}

/** Half-way through the round that runs, which is as long as the first. */
function halfOf({ expiresAt, terms }: Pick<Approval, 'expiresAt' | 'terms'>): Date {
  return new Date(expiresAt.getTime() - (terms.minutes * 60_000) / 2);
}

/** When its time is up, asks the next contacts once, and then closes it. Does nothing when it was answered, or too early. */
export function lapse(store: Store, id: ApprovalId): Promise<void> {
  return save(store, async (tx) => {
    const found = await lock(tx, id);
    if (found?.approval.status !== 'open') return { result: undefined, ...nothing };
    const { approval, now } = found;
    if (now < approval.expiresAt) {
      return {
        result: undefined,
        entries: [],
        jobs: [{ name: 'lapse-approval', approval: id, after: approval.expiresAt }],
      };
    }
    const next = nextOf(approval);
    return { result: undefined, ...(next ? await askNext(tx, approval, next) : await close(tx, approval)) };
  });
}

async function askNext(tx: Tx, approval: Approval, next: string[]): Promise<Consequences> {
  const after = await setSecondRound(tx, approval.id, widened(approval.terms.seats, next));
  const half = halfOf({ ...approval, expiresAt: after });
  return {
    entries: [
      { ...entryOf('approval.escalated', approval), facts: { to: next, expiresAt: after.toISOString() } },
    ],
    jobs: [
      ...showJobs(approval),
      { name: 'remind-approval', approval: approval.id, after: half },
      { name: 'lapse-approval', approval: approval.id, after },
    ],
  };
}

async function close(tx: Tx, approval: Approval): Promise<Consequences> {
  await setStatus(tx, approval.id, 'lapsed');
  const jobs: Consequences['jobs'] = [
    { name: 'advance-action', action: approval.action },
    ...showJobs(approval),
  ];
  return { entries: [entryOf('approval.lapsed', approval)], jobs };
}

function entryOf(kind: Entry['kind'], { id, action, incident }: Approval): Entry {
  return {
    kind,
    by: { roster: 'timetable' },
    about: { approval: id, action, incident: incident ?? undefined },
  };
}
