// What an operator may ask of the past: to take incidents in, what there is of them, and what a diagnosis saw.
import { z } from 'zod';
import type { IncidentId } from './ids.ts';
import { incident as findIncident, frozenOf } from './incidents/read.ts';
import { save } from './jobs/save.ts';
import { census } from './knowledge/census.ts';
import { importedShape, remember } from './knowledge/history.ts';
import type { Answer, Place } from './operator.ts';

const moment = z.iso.datetime();

/** Rows that were read and checked by whoever asks, as JSON holds them. */
export const importAsked = z.strictObject({ incidents: z.array(importedShape) });
export const frozenAsked = z.strictObject({ incident: z.string() });
export const doctorAsked = z.strictObject({ now: moment });

/** Takes imported incidents in, and says how many are new, changed or as they were. Safe to ask twice. */
export async function importIncidents(
  { switches }: Place,
  { incidents }: z.infer<typeof importAsked>,
): Promise<Answer> {
  const value = await save(await switches.board(), async (tx) => {
    const told = await remember(tx, incidents);
    const sources = [...new Set(incidents.map(({ source }) => source))];
    const changed = told.added + told.changed > 0;
    const entry = {
      kind: 'history.imported' as const,
      by: { roster: 'operator' },
      facts: { ...told, sources },
    };
    return { result: told, entries: changed ? [entry] : [], jobs: [] };
  });
  return { kind: 'json', value };
}

/** What the history consists of, and what a trial is watched with. */
export async function historyAsked(
  { db, watched }: Place,
  { now }: z.infer<typeof doctorAsked>,
): Promise<Answer> {
  return { kind: 'json', value: { watched, census: await census(db, new Date(now)) } };
}

/** What the diagnoses of an incident saw. */
export async function frozenAskedFor(
  { db }: Place,
  { incident }: z.infer<typeof frozenAsked>,
): Promise<Answer> {
  const id = incident as IncidentId;
  const found = await findIncident(db, id);
  if (!found) return { kind: 'wrong', because: `There is no incident ${incident}.` };
  const { kind, service, status } = found;
  return {
    kind: 'json',
    value: { incident: { id, kind, service, status }, evidence: await frozenOf(db, id) },
  };
}
