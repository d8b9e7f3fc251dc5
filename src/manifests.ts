// Manifests: the files under `manifests/`, parsed and checked at the start.
// Not where their meaning lies: each room has the schema of its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Charter, charterSchema, objections } from './charter/charter.ts';
import { type OperatingCharter, operatingSchema } from './charter/operating.ts';
import { type Inventory, parseInventory } from './inventory/inventory.ts';
import { type Runbook, runbookSchema, unknownPlaceholders } from './knowledge/runbook.ts';
import { type Metric, metricsSchema } from './monitoring/metric.ts';
import { confusions, type Person, type Places, peopleSchema, placesSchema } from './people/people.ts';
import { type Policy, policySchema } from './policy/facts.ts';

/** Something at the start that a person must put right: a sentence each. */
export class Refused extends Error {
  readonly because: string[];

  constructor(because: string[]) {
    super(because.join('\n'));
    this.name = 'Refused';
    this.because = because;
  }
}

export interface Manifests {
  policy: Policy;
  operating: OperatingCharter | undefined;
  charters: Charter[];
  runbooks: Runbook[];
  metrics: Metric[];
}

/** What every site reads from `folder`. Throws `Refused`, naming file, line, what was found and what is wanted. */
export function readManifests(folder: string): Manifests {
  const operating = join(folder, 'operating-charter.yaml');
  return {
    policy: read(join(folder, 'policy.yaml'), policySchema),
    operating: existsSync(operating) ? read(operating, operatingSchema) : undefined,
    charters: readFolder(join(folder, 'workers'), charterSchema, objections),
    runbooks: readFolder(join(folder, 'runbooks'), runbookSchema, unknownPlaceholders),
    metrics: read(join(folder, 'metrics.yaml'), metricsSchema).metrics,
  };
}

export interface Own {
  people: Person[];
  places: Places;
  inventory: Inventory;
}

/** What a real site adds: its people, its places, its inventory. Throws `Refused` like `readManifests`. */
export function readOwn(folder: string): Own {
  const file = join(folder, 'people.yaml');
  const { people } = read(file, peopleSchema);
  const mixed = confusions(people);
  if (mixed.length > 0) throw new Refused(mixed.map((one) => `${file}: ${one}`));
  const inventory = parseInventory(parse(join(folder, 'inventory.yaml')).toJS());
  if (inventory.kind === 'refused')
    throw new Refused([`${join(folder, 'inventory.yaml')}: ${inventory.because}`]);
  return { people, places: read(join(folder, 'places.yaml'), placesSchema), inventory: inventory.inventory };
}

function readFolder<T>(folder: string, schema: z.ZodType<T>, object: (one: T) => string[]): T[] {
  if (!existsSync(folder)) throw new Refused([`${folder} is missing: wanted a folder of YAML files.`]);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return files.map((name) => {
    const file = join(folder, name);
    const one = read(file, schema);
    const objected = object(one);
    if (objected.length > 0) throw new Refused(objected.map((because) => `${file}: ${because}`));
    return one;
  });
}

function read<T>(file: string, schema: z.ZodType<T>): T {
  const document = parse(file);
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new Refused(
    parsed.error.issues.map(
      ({ path, message }) =>
        `${file} line ${document.lineOf(path)}: ${path.join('.') || 'the file'}: ${message}.`,
    ),
  );
}

function parse(file: string) {
  if (!existsSync(file))
    throw new Refused([`${file} is missing: copy it from the project's manifests/ or set MANIFESTS_DIR.`]);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
  const broken = document.errors[0];
  if (broken)
    throw new Refused([
      `${file} line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`,
    ]);
  return { toJS: () => document.toJS(), lineOf: (path: PropertyKey[]) => lineOf(document, lines, path) };
}

/** The line of the nearest node that exists on the way to `path`. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
