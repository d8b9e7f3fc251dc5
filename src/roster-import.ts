// The command line's import: past incidents out of another system's export.
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { fernwood } from './estate/company.ts';
import { type Inventory, server, service } from './inventory/inventory.ts';
import { named, spellings } from './inventory/near.ts';
import type { Imported, Remembered } from './knowledge/history.ts';
import { type Format, formats, readRows } from './knowledge/import/rows.ts';
import { readInventory } from './manifests.ts';
import { type Given, type Said, textOf, type Verb, wrong } from './verb.ts';

export const importIncidentsVerb: Verb = {
  name: 'import incidents',
  does: 'takes past incidents in from CSV, JSON, ServiceNow or Jira',
  help: `Usage: npm run roster -- import incidents FILE [--format csv|json|servicenow|jira]

  FILE                 the export
  --format FORMAT      found out from the file unless said

  csv, json            columns or fields such as id, title, description, root_cause, resolution, kind, service, server,
                       severity, opened_at, closed_at, runbook; id, title and opened_at are needed
  servicenow           records of the incident table: REST ({"result": […]}), or CSV under field names
  jira                 the answer of a search ({"issues": […]}); labels kind:…, service:… and server:… are understood

A time without a zone is UTC. The same incident imported again is changed, not doubled. Rows that are wrong are told with
their line and left out. Texts are kept as they are: leave personal data out of the export.

Exit code 1 when a row was left out.`,
  options: { format: { type: 'string' } },
  run: async (given) => {
    const [file] = given.rest;
    if (!file || given.rest.length > 1) return wrong('import incidents needs one FILE.');
    const format = textOf(given, 'format');
    if (format !== undefined && !formats.some((one) => one === format))
      return wrong(`--format is ${format}, wanted one of ${formats.join(', ')}.`);
    const text = textIn(file);
    if (text.kind === 'refused') return wrong(text.because);
    const read = readRows(text.text, format as Format | undefined);
    if (read.kind === 'refused') return wrong(`${file}: ${read.because}`);
    const inventory = inventoryOf(given);
    const told: Remembered = { added: 0, changed: 0, same: 0 };
    const incidents = read.rows.map(({ imported }) => (inventory ? placed(imported, inventory) : imported));
    for (const some of batches(incidents)) {
      const because = await send(given, some, told);
      if (because) return wrong(because);
    }
    const unplaced = inventory ? incidents.filter((one) => !isPlaced(one, inventory)).length : 0;
    return said(given, { format: read.format, ...told, unplaced, wrong: read.wrong });
  },
};

const longestFile = 200_000_000;

function textIn(file: string): { kind: 'text'; text: string } | { kind: 'refused'; because: string } {
  try {
    if (statSync(file).size > longestFile)
      return { kind: 'refused', because: `${file} is larger than 200 MB: export fewer incidents at a time.` };
    return { kind: 'text', text: readFileSync(file, 'utf8') };
  } catch (error) {
    return { kind: 'refused', because: `${file} cannot be read: ${(error as Error).message}.` };
  }
}

/** The site's, or the trial's; undefined where there is none, and names stay as they were written. */
function inventoryOf(given: Given): Inventory | undefined {
  if (given.settings().site.kind === 'trial' && !given.settings().prometheus) return fernwood;
  try {
    return readInventory(given.manifests());
  } catch {
    return undefined;
  }
}

/** Service and server by their ids where the inventory knows what they are called. Pure. */
export function placed(imported: Imported, inventory: Inventory): Imported {
  const ids = [imported.service, imported.server].map((name) => (name ? idOf(name, inventory) : undefined));
  const onServer = ids.find((id) => id !== undefined && server(inventory, id));
  const ofService = ids.find((id) => id !== undefined && service(inventory, id));
  const [only, ...more] = onServer ? (server(inventory, onServer)?.services ?? []) : [];
  return {
    ...imported,
    service: ofService ?? (more.length === 0 ? only : undefined) ?? imported.service,
    server: onServer ?? (imported.server && ids[1] ? null : imported.server),
  };
}

function idOf(name: string, inventory: Inventory): string | undefined {
  for (const spelt of spellings(name.trim())) {
    const found = named(inventory, spelt);
    if (found.kind === 'known') return found.id;
  }
  return undefined;
}

function isPlaced(one: Imported, inventory: Inventory): boolean {
  return one.service !== null && service(inventory, one.service) !== undefined;
}

/** What the operator's door takes at most is 100,000 characters. */
const longestBatch = 80_000;

function* batches(all: Imported[]): Generator<Imported[]> {
  let some: Imported[] = [];
  let size = 0;
  for (const one of all) {
    const length = JSON.stringify(one).length;
    if (size + length > longestBatch && some.length > 0) {
      yield some;
      [some, size] = [[], 0];
    }
    some.push(one);
    size += length;
  }
  if (some.length > 0) yield some;
}

const answered = z.object({ added: z.number(), changed: z.number(), same: z.number() });

/** Adds what came of it to `told`; or why it was refused. */
function send(given: Given, incidents: Imported[], told: Remembered): Promise<string | undefined> {
  const body = JSON.parse(JSON.stringify({ incidents }));
  return given.ask(['/operator/import-incidents', body], async (answer) => {
    if (answer.kind === 'wrong') return answer.because;
    if (answer.kind === 'text') throw new Error('The running app answered with something else than counts.');
    const { added, changed, same } = answered.parse(answer.value);
    Object.assign(told, {
      added: told.added + added,
      changed: told.changed + changed,
      same: told.same + same,
    });
    return undefined;
  });
}

interface Told extends Remembered {
  format: Format;
  /** Their service is none of the inventory's. */
  unplaced: number;
  wrong: string[];
}

function said(given: Given, told: Told): Said {
  const code = told.wrong.length > 0 ? 1 : 0;
  if (given.values.json) return { code, text: JSON.stringify(told) };
  const { format, added, changed, same, unplaced } = told;
  const lines = [
    `Read as ${format}: ${added} incidents are new, ${changed} changed, ${same} were as they are.`,
    ...(unplaced > 0
      ? [`${unplaced} are of no service of the inventory: they are found by their words alone.`]
      : []),
    ...(told.wrong.length > 0
      ? [`${told.wrong.length} rows were left out:`, ...told.wrong.map((one) => `  ${one}`)]
      : []),
  ];
  return { code, text: lines.join('\n') };
}
