// After a workspace was lost, as a trial's is: what is still open is shown anew where it was.
import { openApprovals } from './approvals/read.ts';
import { forgetAll, lastShown } from './chat/show.ts';
import { openIncidents } from './incidents/read.ts';
import type { Subject } from './jobs/job.ts';
import { due, type Showing } from './shown.ts';

/** Where a surface no longer has what was posted, forgets it too and shows all that is open anew. */
export async function restoreWorkspace(showing: Showing): Promise<void> {
  const { store, surface } = showing;
  for (const last of await lastShown(store.db))
    if (!(await surface.exists(last.spot, last.message))) await restore(showing, last.surface);
}

async function restore({ store, log, notes }: Showing, surface: string): Promise<void> {
  await forgetAll(store.db, surface);
  const incidents = (await openIncidents(store.db)).map((one): Subject => `incident:${one.id}`);
  const approvals = (await openApprovals(store.db)).map((one): Subject => `approval:${one.id}`);
  await notes.note({
    kind: 'workspace.lost',
    by: { roster: 'app' },
    facts: { surface, incidents: incidents.length, approvals: approvals.length },
  });
  log.warn(
    `The chat workspace no longer has what was posted, so ${incidents.length} incidents and ${approvals.length} approvals are posted anew.`,
  );
  await due({ store }, [...incidents, ...approvals]);
}
