import type { IncidentId, PersonId } from '../ids.ts';
import { service as findService, type Inventory, server, servicesOn } from '../inventory/inventory.ts';
import { named } from '../inventory/near.ts';
import { type Consequences, save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { handOver } from './handoffs/hand-over.ts';
import type { Incident } from './incident.ts';
import { type Responder, workerFor } from './responder.ts';
import { insert, loadOpen, loadRequested, lock, lockReception, log, setSaid, update } from './store.ts';

export interface Declaration {
  service: string;
  /** What is wrong, in the words of whoever says so. */
  what: string;
  /** 1 is the worst; by how important the service is, where nobody says. */
  severity: number | undefined;
  /** Though an incident of the service is open. */
  anyway: boolean;
}

type Read = { kind: 'declared'; declared: Declaration } | { kind: 'unclear'; because: string };

const example = 'Say which service and what is wrong, such as "declare checkout cards are declined sev2".';

/** What a person's words declare, such as "checkout cards are declined sev2 anyway". Pure. */
export function readDeclaration(words: string, inventory: Inventory): Read {
  const severity = /\bsev(?:erity)? ?([1-4])\b/i.exec(words)?.[1];
  const anyway = /\banyway\W*$/i.test(words);
  const said = words
    .replace(/\bsev(?:erity)? ?[1-4]\b/i, ' ')
    .replace(/\W*\banyway\W*$/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  const tokens = said.split(' ');
  const [name = '', count = 1] = nameIn(tokens, inventory);
  if (said === '') return { kind: 'unclear', because: example };
  const found = named(inventory, name);
  if (found.kind === 'unknown') {
    const near = inventory.services.map(({ id }) => id).filter((id) => found.near.includes(id));
    const meant = near.length > 0 ? `did you mean ${near.join(', ')}?` : example;
    return { kind: 'unclear', because: `There is no service called "${name.slice(0, 40)}": ${meant}` };
  }
  const services = server(inventory, found.id) ? servicesOn(inventory, found.id) : [{ id: found.id }];
  const [only] = services;
  if (!only || services.length > 1) {
    const runs = services.map(({ id }) => id).join(', ') || 'no service';
    return { kind: 'unclear', because: `${found.id} runs ${runs}: say which service is hit.` };
  }
  const what = tokens
    .slice(count)
    .join(' ')
    .replace(/^[\s:,-]+/, '')
    .slice(0, 1_000);
  if (what.length < 3) return { kind: 'unclear', because: example };
  const how = severity === undefined ? undefined : Number(severity);
  return { kind: 'declared', declared: { service: only.id, what, severity: how, anyway } };
}

/** The longest beginning that names something, with how many words it has; else the first word. */
function nameIn(tokens: string[], inventory: Inventory): [string | undefined, number] {
  const name = (count: number) =>
    tokens
      .slice(0, count)
      .join(' ')
      .replace(/[:,]+$/, '');
  const count = [4, 3, 2, 1].find(
    (one) => one <= tokens.length && named(inventory, name(one)).kind === 'known',
  );
  return [name(count ?? 1), count ?? 1];
}

/** Who declares it; what one message declares is opened once, however often it is handled. */
export interface Declaring {
  person: PersonId;
  request: string | undefined;
}

/** What came of it, as a sentence for whoever declared it. */
export interface Declared {
  kind: 'opened' | 'not-opened';
  because: string;
}

/** Opens an incident by a person's word, to be looked into like any; one that is open there already is named. */
export function declare(responder: Responder, declared: Declaration, by: Declaring): Promise<Declared> {
  return save(responder.gateway, async (tx) => {
    await lockReception(tx);
    const before = by.request === undefined ? undefined : await loadRequested(tx, by.request);
    if (before) return { result: opened(responder, before, declared.service), entries: [], jobs: [] };
    const open = (await loadOpen(tx)).find(
      (one) => one.service === declared.service && one.kind !== 'prediction' && one.status !== 'verified',
    );
    if (open && !declared.anyway) {
      const because = `${open.id} is open on ${nameOf(responder, open.service)} already: say it in its thread. Add "anyway" to open another.`;
      return { result: { kind: 'not-opened', because }, entries: [], jobs: [] };
    }
    return openBy(responder, tx, declared, by);
  });
}

async function openBy(
  responder: Responder,
  tx: Tx,
  { service, what, severity: said }: Declaration,
  { person, request }: Declaring,
): Promise<{ result: Declared } & Consequences> {
  const severity = said ?? findService(responder.inventory, service)?.criticality ?? 4;
  const worker = await workerFor(responder, tx, 'monitoring', service);
  const id = await insert(tx, { kind: 'incident', service, severity, worker, request });
  await setSaid(tx, id, { person, words: what, at: responder.now().toISOString(), off: [] });
  if (said !== undefined) await update(tx, id, { severityBy: person });
  await log(tx, id, { kind: 'declared', facts: { person, what } });
  const handed = await toAnalysis(responder, tx, id, { person, because: 'A person says that it is broken.' });
  responder.log.info(`Incident ${id} is declared on ${service}.`);
  return {
    result: opened(responder, id, service),
    entries: [
      {
        kind: 'incident.declared',
        by: { person },
        about: { incident: id, service },
        facts: { severity, set: said !== undefined },
        words: { what },
      },
      ...handed.entries,
    ],
    jobs: handed.jobs,
  };
}

/** A person's word has it looked into from the beginning. */
export async function toAnalysis(
  responder: Responder,
  tx: Tx,
  id: IncidentId,
  { person, because }: { person: PersonId; because: string },
): Promise<Consequences> {
  const incident = await lock(tx, id);
  if (!incident) throw new Error(`The incident ${id} is not there.`);
  const afresh: Incident = { ...incident, status: 'investigating' };
  const intent = `find out what broke on ${nameOf(responder, incident.service)}`;
  const reasoning = [because];
  return handOver(responder, tx, afresh, {
    ...{ from: { person }, to: 'analysis', intent, confidence: 1, reasoning, evidence: [] },
  });
}

function opened(responder: Responder, id: IncidentId, service: string): Declared {
  const because = `${id} is opened on ${nameOf(responder, service)} and looked into: its thread is in the ops channel.`;
  return { kind: 'opened', because };
}

function nameOf({ inventory }: Responder, service: string): string {
  return findService(inventory, service)?.name ?? service;
}
