// YAML files that people write: read, parsed, and refused with their line when they are wrong.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Something at the start that a person must put right: a sentence each. */
export class Refused extends Error {
  readonly because: string[];

  constructor(because: string[]) {
    super(because.join('\n'));
    this.name = 'Refused';
    this.because = because;
  }
}

/** Every YAML file of a folder. `object` says what is wrong inside one; `claims` what no two of them may both be. */
export function readFolder<T>(
  folder: string,
  schema: z.ZodType<T>,
  object: (one: T) => string[],
  claims: (one: T) => string[],
): T[] {
  if (!existsSync(folder)) throw new Refused([`${folder} is missing: wanted a folder of YAML files.`]);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  const claimed = new Map<string, string>();
  return files.map((name) => {
    const file = join(folder, name);
    const one = read(file, schema);
    const objected = object(one);
    for (const claim of claims(one)) {
      const other = claimed.get(claim);
      if (other) objected.push(`${claim} is in ${other} already: wanted one of them.`);
      claimed.set(claim, file);
    }
    if (objected.length > 0) throw new Refused(objected.map((because) => `${file}: ${because}`));
    return one;
  });
}

/** One YAML file. Throws `Refused`, naming file, line, what was found and what is wanted. */
export function read<T>(file: string, schema: z.ZodType<T>): T {
  const document = parse(file);
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new Refused(
    parsed.error.issues.map((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
      const { line, found } = document.at(path);
      return `${file} line ${line}: ${issue.path.join('.') || 'the file'}: ${issue.message}${found}.`;
    }),
  );
}

function parse(file: string) {
  if (!existsSync(file))
    throw new Refused([`${file} is missing: copy it from the project's manifests/ or set MANIFESTS_DIR.`]);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines });
  const broken = document.errors[0];
  if (broken) {
    const [says = ''] = broken.message.split(/ at line \d+|\n/);
    throw new Refused([`${file} line ${lines.linePos(broken.pos[0]).line}: ${says}.`]);
  }
  return {
    toJS: () => document.toJS(),
    at: (path: PropertyKey[]) => {
      const { offset, value } = nearest(document.contents, path);
      return { line: offset === undefined ? 1 : lines.linePos(offset).line, found: foundAs(value) };
    },
  };
}

/** Where `path` begins, or the nearest on the way to it; and what stands there, when it is there. */
function nearest(root: Node | null, path: PropertyKey[]): { offset: number | undefined; value: unknown } {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const step of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const next = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
    if (next === undefined) return { offset, value: isScalar(node) ? node.value : undefined };
    offset = (pair ? (pair.key as Node) : (next as Node | null))?.range?.[0] ?? offset;
    node = next;
  }
  return { offset, value: isScalar(node) ? node.value : undefined };
}

function foundAs(value: unknown): string {
  return value === undefined ? '' : `; found ${JSON.stringify(value)?.slice(0, 80)}`;
}
