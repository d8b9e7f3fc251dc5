import type { Entry } from '../audit/entry.ts';
import type { ApprovalId } from '../ids.ts';
import { type Store, save } from '../jobs/save.ts';
import { showJobs } from './shown.ts';
import { lock, settle } from './store.ts';

/** Closes an approval whose time is up. Does nothing when it was answered, or when it is too early. */
export function lapse(store: Store, id: ApprovalId): Promise<void> {
  return save(store, async (tx) => {
    const found = await lock(tx, id);
    if (found?.approval.status !== 'open') return { result: undefined, entries: [], jobs: [] };
    const { approval, now } = found;
    if (now < approval.expiresAt) {
      return {
        result: undefined,
        entries: [],
        jobs: [{ name: 'lapse-approval', approval: id, after: approval.expiresAt }],
      };
    }
    await settle(tx, id, { status: 'lapsed', by: null, reason: null });
    const about = { approval: id, action: approval.action, incident: approval.incident ?? undefined };
    const entry: Entry = { kind: 'approval.lapsed', by: { roster: 'timetable' }, about };
    return {
      result: undefined,
      entries: [entry],
      jobs: [{ name: 'advance-action', action: approval.action }, ...showJobs(approval)],
    };
  });
}
