// What an operator may ask of the past: to take incidents in, what there is of them, what a diagnosis saw, a post-mortem.
import { z } from 'zod';
import { chartersInForce } from './charter/force.ts';
import { writtenOf } from './digest/read.ts';
import type { IncidentId } from './ids.ts';
import { argueAgain } from './incidents/argue/again.ts';
import { capOf } from './incidents/argue/heard.ts';
import { thaw } from './incidents/freeze.ts';
import type { Incident } from './incidents/incident.ts';
import { chartOf, postMortemOf } from './incidents/post-mortem/read.ts';
import { incident as findIncident, frozenOf } from './incidents/read.ts';
import { inventoryShape } from './inventory/inventory.ts';
import { save } from './jobs/save.ts';
import { census } from './knowledge/census.ts';
import { importedShape, remember } from './knowledge/history.ts';
import type { Answer, Place } from './operator.ts';
import { policyInForce } from './policy/force.ts';
import { budgetsFor } from './policy/limits.ts';
import { troublesOf } from './records/read.ts';
import { reportingSchema } from './scorecards/reporting.ts';

const moment = z.iso.datetime();

/** Rows that were read and checked by whoever asks, as JSON holds them. */
export const importAsked = z.strictObject({ incidents: z.array(importedShape) });
export const frozenAsked = z.strictObject({ incident: z.string() });
export const againAsked = z.strictObject({ incident: z.string(), attempt: z.number().int() });
export const postMortemAsked = z.strictObject({ incident: z.string() });
export const digestAsked = z.strictObject({
  ...{ day: z.string(), from: moment, to: moment },
  ...{ reporting: reportingSchema, inventory: inventoryShape },
});
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
  return {
    kind: 'json',
    value: { watched, census: await census(db, new Date(now)), records: await troublesOf(db) },
  };
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

/** What today's model, asked with today's prompts, says of what a diagnosis saw. It costs, and asks no other system. */
export async function arguedAgain(
  { db, switches, arguing }: Place,
  { incident, attempt }: z.infer<typeof againAsked>,
): Promise<Answer> {
  const store = await switches.board();
  const { opinion, runbooks } = arguing?.(store) ?? {};
  if (!opinion || !runbooks)
    return { kind: 'wrong', because: 'No model is set: set ANTHROPIC_API_KEY, or leave --model out.' };
  const found = await findIncident(db, incident as IncidentId);
  const stored = found && (await frozenOf(db, found.id)).find((one) => one.attempt === attempt);
  if (!found || !stored)
    return { kind: 'wrong', because: `Nothing is kept of attempt ${attempt} of ${incident}.` };
  const { worker, service } = found;
  const frozen = thaw(stored.frozen);
  const policy = await policyInForce(db);
  const teams = frozen.inventory.services.flatMap(({ id, team }) => (id === service ? [team] : []));
  // Not of the incident's own budget, which is over.
  const asking = {
    ...{ worker, by: { roster: 'operator' }, about: { service }, budgets: budgetsFor(policy, teams) },
  };
  const again = { opinion, runbooks, cap: capOf(policy), asking };
  return { kind: 'json', value: await argueAgain(frozen, { ...found, direction: frozen.direction }, again) };
}

/** Its post-mortem, and what its chart shows. */
export async function postMortemAskedFor(
  { db }: Place,
  { incident }: z.infer<typeof postMortemAsked>,
): Promise<Answer> {
  const id = incident as IncidentId;
  const postMortem = await postMortemOf(db, id);
  if (postMortem) return { kind: 'json', value: { postMortem, chart: await chartOf(db, id) } };
  const found = await findIncident(db, id);
  return { kind: 'wrong', because: found ? whyNone(found) : `There is no incident ${incident}.` };
}

function whyNone({ id, kind, status }: Incident): string {
  if (kind === 'prediction')
    return `${id} is a prediction: it has no post-mortem, its thread tells what became of it.`;
  if (status === 'false-alarm') return `${id} was a false alarm: it has no post-mortem.`;
  return `${id} has no post-mortem yet: it is drafted once the incident is closed.`;
}

/** What a digest says of a time. What only the running app sees of the foundation is left open. */
export async function digestAskedFor(
  { db, now }: Place,
  { day, from, to, reporting, inventory }: z.infer<typeof digestAsked>,
): Promise<Answer> {
  const { months } = await census(db, now());
  const foundation = { darkServers: null, months, uncovered: null };
  const period = { from: new Date(from), to: new Date(to) };
  const charters = await chartersInForce(db);
  return {
    kind: 'json',
    value: await writtenOf(db, { day, period, reporting, inventory, charters, foundation }),
  };
}
