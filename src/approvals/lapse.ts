import type { Entry } from '../audit/entry.ts';
import type { ApprovalId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import type { Approval } from './approval.ts';
import { showJobs } from './shown.ts';
import { lock, setReminded, setSecondRound, setStatus } from './store.ts';

const nothing: Consequences = { entries: [], jobs: [] };

/** Reminds those asked, half-way, if nobody has decided. Safe to call twice. */
export function remind(store: Store, id: ApprovalId): Promise<void> {
  return save(store, async (tx) => {
    const found = await lock(tx, id);
    if (found?.approval.status !== 'open' || found.approval.reminded)
      return { result: undefined, ...nothing };
    await setReminded(tx, id);
    return {
      result: undefined,
      entries: [entryOf('approval.reminded', found.approval)],
      jobs: showJobs(found.approval),
    };
  });
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
    const next = approval.round === 1 ? approval.terms.next : undefined;
    return { result: undefined, ...(next ? await askNext(tx, approval, next) : await close(tx, approval)) };
  });
}

async function askNext(tx: Tx, approval: Approval, next: string[]): Promise<Consequences> {
  const seats = approval.terms.seats.map((seat) => [...new Set([...seat, ...next])]);
  const after = await setSecondRound(tx, approval.id, seats);
  return {
    entries: [
      { ...entryOf('approval.escalated', approval), facts: { to: next, expiresAt: after.toISOString() } },
    ],
    jobs: [...showJobs(approval), { name: 'lapse-approval', approval: approval.id, after }],
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
