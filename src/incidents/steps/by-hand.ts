import { beginAfresh, letGo, running } from '../../actions/hold.ts';
import { actionFor } from '../../actions/read.ts';
import type { Entry } from '../../audit/entry.ts';
import type { IncidentId, PersonId } from '../../ids.ts';
import { service as findService, server, servicesOn } from '../../inventory/inventory.ts';
import { named } from '../../inventory/near.ts';
import type { Job } from '../../jobs/job.ts';
import { fill, type Known, type Runbook } from '../../knowledge/runbook.ts';
import type { Tx } from '../../postgres/database.ts';
import { refuseOpen } from '../handoffs/store.ts';
import { type Intervened, notNow } from '../heeded.ts';
import type { Begun, Incident, Status } from '../incident.ts';
import { stepAt } from '../remediate.ts';
import type { Responder } from '../responder.ts';
import { load, log, update } from '../store.ts';
import { runbookInWords, wordingOf } from './before.ts';
import { type At, doneByMe, giveAll, giveStep, skipStep } from './deeds.ts';
import { handOf, knownOf } from './step.ts';
import { setDone } from './store.ts';

/** What a person may do with the steps of a runbook; without `at` it is the step that is next. */
export type ByHand =
  /** The rest is theirs. `words` name another runbook and what it is for; empty: the one it has. */
  | { do: 'by-hand'; words: string }
  | { do: 'done-by-me'; at?: At; words: string }
  | { do: 'let-worker'; at?: At }
  | { do: 'skip-step'; at?: At }
  /** The rest is a worker's again. */
  | { do: 'give-rest' };

const all: string[] = [
  'by-hand',
  'done-by-me',
  'let-worker',
  'skip-step',
  'give-rest',
] satisfies ByHand['do'][];

export function isByHand(wanted: { do: string }): wanted is ByHand {
  return all.includes(wanted.do);
}

/** The roles and people that may go through an incident's runbook by hand; `usual` where it does not say. */
export async function whoByHand(
  { runbooks }: Responder,
  tx: Tx,
  id: IncidentId,
  { wanted, usual }: { wanted: ByHand; usual: string[] },
): Promise<string[]> {
  const [name] = wanted.do === 'by-hand' ? wanted.words.trim().split(/\s+/) : [];
  const has = (await load(tx, id))?.runbook?.id;
  return runbooks.find((one) => one.id === (name || has))?.who ?? usual;
}

export function byHand(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  wanted: ByHand,
): Promise<Intervened> | Intervened {
  switch (wanted.do) {
    case 'by-hand':
      return takeSteps(responder, tx, incident, person, wanted.words);
    case 'done-by-me':
      return doneByMe(responder, tx, incident, person, wanted);
    case 'let-worker':
      return giveStep(responder, tx, incident, person, wanted.at);
    case 'skip-step':
      return skipStep(responder, tx, incident, person, wanted.at);
    case 'give-rest':
      return giveAll(responder, tx, incident, person);
  }
}

const takeable: Status[] = ['remediating', 'escalated', 'watching', 'taken'];

/**
 * From the next step on a person goes through the runbook by hand: what a worker proposed for it is withdrawn. One that a
 * worker has done already is seen through; one that runs is waited for.
 */
async function takeSteps(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  words: string,
): Promise<Intervened> {
  const { id, service, status } = incident;
  if (!takeable.includes(status)) return notNow('No step is next now that could be done by hand.');
  const planned =
    words.trim() === '' ? hasOn(responder, incident) : picked(responder, incident, words, person);
  if (planned.kind === 'none') return notNow(planned.because);
  if (planned.kind === 'has' && handOf(incident) === person)
    return notNow('It is yours already: the checklist in the thread has its step.');
  const busy = await running(responder.gateway, tx, id);
  if (busy) return notNow(`"${busy}" is running: wait until it has ended, or stop all workers.`);
  const { attempt, jobs } = await withdrawn(responder, tx, incident, planned.kind === 'has');
  const since = planned.kind === 'has' ? (planned.begun.since ?? attempt) : attempt;
  const { lent: _, ...begun } = planned.begun;
  const runbook: Begun = { ...begun, since, by: person };
  await update(tx, id, { status: 'remediating', attempt, runbook });
  await refuseOpen(tx, id, 'A person does it by hand.');
  const steps = runbookInWords(wordingOf(responder), planned.runbook, planned.known);
  const { id: name, version, title, rollback = null } = planned.runbook;
  const facts = { person, runbook: name, version, title, since, rollback, steps };
  await log(tx, id, { kind: 'checklist', facts });
  const entry: Entry = {
    kind: 'checklist.taken',
    by: { person },
    about: { incident: id, service },
    versions: { runbook: `${name}@${version}` },
    facts: { step: runbook.step, picked: planned.kind === 'picked' },
  };
  return {
    result: {
      kind: 'done',
      because: `${title}: from step ${runbook.step + 1} on it is yours. The thread has the checklist.`,
    },
    entries: [entry],
    jobs: [...jobs, { name: 'remediate', incident: id }, { name: 'show', subject: `incident:${id}` }],
  };
}

/** What waits for the step is withdrawn, unless a worker has done it and only what came of it is looked for. */
async function withdrawn(
  { gateway }: Responder,
  tx: Tx,
  { id, attempt, status, runbook }: Incident,
  goesOn: boolean,
): Promise<{ attempt: number; jobs: Job[] }> {
  const key = { incident: id, attempt, step: runbook?.step ?? null, undoes: null, request: null };
  const action = goesOn ? await actionFor(tx, key) : undefined;
  const isDone = action?.status === 'done' && status === 'remediating';
  if (isDone && key.step !== null)
    await setDone(tx, { incident: id, attempt, step: key.step }, { action: action.id, at: action.endedAt });
  const afresh = isDone ? { attempt, jobs: [] } : await beginAfresh(gateway, tx, id);
  // No longer kept from the workers as a whole: a step may be given to one.
  const freed = status === 'taken' ? await letGo(gateway, tx, id) : [];
  return { attempt: afresh.attempt, jobs: [...afresh.jobs, ...freed] };
}

type Planned =
  | { kind: 'has' | 'picked'; runbook: Runbook; known: Known; begun: Begun }
  | { kind: 'none'; because: string };

/** The runbook it has, at the step that is next. */
function hasOn({ runbooks }: Responder, incident: Incident): Planned {
  const { runbook: begun } = incident;
  const known = knownOf(incident);
  const runbook = runbooks.find(({ id, version }) => id === begun?.id && version === begun.version);
  if (!begun || !runbook || !known || !stepAt(runbooks, begun)) {
    const names = runbooks.map(({ id }) => id).join(', ');
    return {
      kind: 'none',
      because: `No step is next here. Name a runbook and what it is for, as in "checklist memory-leak on app-03": ${names}.`,
    };
  }
  return { kind: 'has', runbook, known, begun };
}

/** The runbook and the place that these words name. */
function picked(responder: Responder, incident: Incident, words: string, person: PersonId): Planned {
  const { runbooks, inventory } = responder;
  const [name = '', ...rest] = words.trim().toLowerCase().split(/\s+/);
  const none = (because: string): Planned => ({ kind: 'none', because });
  const runbook = runbooks.find(({ id }) => id === name);
  if (!runbook)
    return none(
      `There is no runbook "${name.slice(0, 40)}": wanted one of ${runbooks.map(({ id }) => id).join(', ')}.`,
    );
  const places = rest.filter((one) => !['on', 'for', 'of', 'at', 'and'].includes(one));
  const known: Known = { ...knownOf(incident) };
  for (const place of places) {
    const found = named(inventory, place);
    if (found.kind === 'unknown')
      return none(
        `There is no server or service "${place.slice(0, 40)}": did you mean ${found.near.join(', ')}?`,
      );
    Object.assign(known, placeOf(responder, incident, found.id));
  }
  const lacking = runbook.steps.map((one) => fill(one, known)).find((one) => one.kind === 'unknown');
  if (lacking?.kind === 'unknown')
    return none(`${lacking.because} Name it, as in "checklist ${runbook.id} on app-03".`);
  const wrong = wrongClass(responder, runbook, known);
  if (wrong) return none(wrong);
  const begun = { id: runbook.id, version: runbook.version, step: 0, picked: { by: person, known } };
  return { kind: 'picked', runbook, known, begun };
}

/** A server, and its service where that can be told; or a service. */
function placeOf({ inventory }: Responder, { service }: Incident, id: string): Known {
  if (findService(inventory, id)) return { service: id };
  const there = servicesOn(inventory, id).map((one) => one.id);
  const its = there.includes(service) ? service : there.length === 1 ? there[0] : undefined;
  return { server: id, ...(its && { service: its }) };
}

function wrongClass({ inventory }: Responder, { id, on }: Runbook, known: Known): string | undefined {
  const found = known.server === undefined ? undefined : server(inventory, known.server);
  if (!on || !found || on.includes(found.class)) return undefined;
  return `The runbook ${id} is for servers of the class ${on.join(' or ')}, and ${found.id} is of the class ${found.class}.`;
}
