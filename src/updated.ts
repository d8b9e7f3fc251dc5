// Stakeholder updates in chat: one message an incident where leaders read, edited as it goes, and a reply for each change.
import { isShown, type View } from './chat/show.ts';
import type { Core } from './handlers.ts';
import type { Told } from './incidents/card.ts';
import { isOpen } from './incidents/incident.ts';
import { logOf, openIncidents } from './incidents/read.ts';
import { changeCard, changesFor, concerns, updateCard } from './incidents/stakeholders.ts';
import type { Subject } from './jobs/job.ts';
import { save } from './jobs/save.ts';

const part = 'update';

/** What leaders read of an incident; nothing of one that was over before anybody was told. */
export async function updateViews(core: Core, told: Told): Promise<View[]> {
  const { incident, entries } = told;
  const { store, updates, site, responder } = core;
  if (!concerns(incident, entries, updates)) return [];
  const subject: Subject = `incident:${incident.id}`;
  const views: View[] = [];
  for (const place of site.places.leadership) {
    if (!isOpen(incident) && !(await isShown(store.db, subject, part, place))) continue;
    views.push({ part, place, card: updateCard(told, updates, responder.now()) });
    const thread = { subject, part };
    for (const one of changesFor(entries))
      views.push({ part: one.part, place, thread, card: changeCard(told.by, one.change) });
  }
  return views;
}

/** Has what is open told again, as the time of the next word may be over; what has not changed is not touched. */
export async function tellStakeholders({ store, updates }: Core): Promise<void> {
  const open = await openIncidents(store.db);
  const concerned = await Promise.all(
    open.map(async (one) => concerns(one, await logOf(store.db, one.id), updates)),
  );
  const jobs = open
    .filter((_, place) => concerned[place])
    .map(({ id }) => ({ name: 'show' as const, subject: `incident:${id}` as const }));
  if (jobs.length > 0) await save(store, async () => ({ result: undefined, entries: [], jobs }));
}
