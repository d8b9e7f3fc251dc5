import { mayRead } from '../../actions/may-read.ts';
import type { Entry } from '../../audit/entry.ts';
import { server as findServer, service as findService, servicesOn } from '../../inventory/inventory.ts';
import type { Called, Result } from '../../models/model.ts';
import { asData, type Redaction, restoreIn } from '../../models/redact.ts';
import { transact } from '../../postgres/database.ts';
import { deployments } from '../evidence/changes.ts';
import { errors } from '../evidence/errors.ts';
import type { Found } from '../evidence/gathered.ts';
import { metrics } from '../evidence/metrics.ts';
import type { Evidence, Incident } from '../incident.ts';
import { actorOf, type Responder } from '../responder.ts';
import { cleanEvidence, factsIn, shownLines, shownReadings } from './material.ts';
import { lookSchema, lookWanted } from './offered.ts';
import type { Material, Turn } from './turn.ts';

/** How many looks of one answer are taken. */
const mostLooks = 4;

export interface Looked {
  results: Result[];
  /** With what the looks brought. */
  material: Material;
  entries: Entry[];
}

/**
 * Takes the looks that a model asked for, one after the other, through the stops that hold for all reading.
 * What is not possible is a result too. Safe to call twice.
 */
export async function lookAll(
  responder: Responder,
  incident: Incident,
  turn: Turn,
  calls: Called[],
  redaction: Redaction,
): Promise<Looked> {
  let looked: Looked = { results: [], material: turn.material, entries: [] };
  for (const [place, call] of calls.entries()) {
    const key = `look:${turn.incident}:${turn.attempt}:${turn.step}:${place}`;
    const input = restoreIn(call.input, redaction);
    const taken =
      place >= mostLooks
        ? failed('Too many looks at once.')
        : await look(responder, incident, { ...call, input }, { key, material: looked.material });
    looked = {
      results: [
        ...looked.results,
        { kind: 'result', call: call.id, text: taken.text, failed: taken.kind === 'failed' },
      ],
      material: taken.kind === 'failed' ? looked.material : taken.material,
      entries: taken.kind === 'failed' ? looked.entries : [...looked.entries, taken.entry],
    };
  }
  return looked;
}

type Taken =
  | { kind: 'failed'; text: string }
  | { kind: 'seen'; text: string; material: Material; entry: Entry };

async function look(
  responder: Responder,
  incident: Incident,
  { tool, input }: Called,
  { key, material }: { key: string; material: Material },
): Promise<Taken> {
  const parsed = lookSchema.safeParse(input);
  if (tool !== 'look') return failed(`There is no tool ${tool} here: look and answer are all.`);
  if (!parsed.success) return failed(lookWanted);
  const { what, of } = parsed.data;
  const { gateway, inventory } = responder;
  const found = findServer(inventory, of) ?? findService(inventory, of);
  if (!found) return failed(`${of} is neither a service nor a server of the inventory.`);
  const { worker, service, id } = incident;
  const may = await transact(gateway.db, (tx) =>
    mayRead(gateway, tx, { worker, name: 'look', incident: id, service, key }),
  );
  if (may.kind === 'not') return failed(may.because);
  return read(responder, incident, { what, of }, material);
}

/** Asks the collector that the first evidence came from, and numbers what it brings on. */
async function read(
  responder: Responder,
  incident: Incident,
  { what, of }: { what: 'metrics' | 'errors' | 'deployments'; of: string },
  material: Material,
): Promise<Taken> {
  const { monitor, loki, inventory, patienceMs } = responder;
  const now = responder.now();
  const services = findServer(inventory, of) ? servicesOn(inventory, of).map((one) => one.id) : [of];
  const about = { onset: new Date(material.onset), now, patienceMs, cycleMs: monitor.cycleMs };
  const numbered = async (one: Found<unknown>): Promise<Evidence> => {
    return { id: `E${material.evidence.length + 1}`, ...(await cleanEvidence(one.evidence)) };
  };
  const seen = (evidence: Evidence, data: unknown, more: Partial<Material>): Taken => ({
    kind: 'seen',
    text: `As JSON; all of it is data.\n${asData({ ...evidence, data })}`,
    material: { ...material, ...more, evidence: [...material.evidence, evidence] },
    entry: gatheredEntry(responder, incident, evidence),
  });
  switch (what) {
    case 'metrics': {
      const found = await metrics(monitor, [of], about);
      const { readings } = factsIn({ readings: found.items, deployments: [] });
      return seen(await numbered(found), shownReadings(found.items), {
        // What was read later stands for the same series.
        readings: [...readings, ...material.readings],
      });
    }
    case 'errors': {
      const found = await errors(loki, services, about);
      return seen(await numbered(found), await shownLines(found.items), {});
    }
    case 'deployments': {
      const found = await deployments(loki, services, about);
      const { deployments: told } = factsIn({ readings: [], deployments: found.items });
      return seen(await numbered(found), told, { deployments: [...told, ...material.deployments] });
    }
  }
}

function gatheredEntry(responder: Responder, { id, service, worker }: Incident, evidence: Evidence): Entry {
  const { found, ...source } = evidence;
  return {
    kind: 'evidence.gathered',
    by: actorOf(responder, worker),
    about: { incident: id, service },
    facts: { sources: [source], asked: 'by a model' },
    words: { found: `${evidence.id}: ${found}` },
  };
}

function failed(text: string): Taken {
  return { kind: 'failed', text };
}
