// The command line's verbs on the audit: verify, export.
import { createWriteStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { moment } from './audit/told.ts';
import type { Verified } from './audit/verify.ts';
import { verifyFile } from './audit/verify-file.ts';
import { readWitness } from './audit/witness.ts';
import { type Given, type Said, textOf, type Verb, wrong } from './verb.ts';

export const auditVerify: Verb = {
  name: 'audit verify',
  does: 're-hash every audit entry, follow every link, hold it against the checkpoints',
  help: `Usage: npm run roster -- audit verify [FILE] [--since SEQ] [--links] [--checkpoints FILE] [--key FINGERPRINT]

  FILE                 an export or a consent receipt: verified offline, without a database
  --since SEQ          only from this entry on; what lies before it is believed
  --links              follow the links alone, without the texts (faster)
  --checkpoints FILE   the witness file to hold it against; for the database the data folder's own if not given
  --key FINGERPRINT    every checkpoint and seal must be signed by this key (or one that begins so)`,
  options: {
    since: { type: 'string' },
    links: { type: 'boolean' },
    checkpoints: { type: 'string' },
    key: { type: 'string' },
  },
  run: async (given) => {
    const [file, ...more] = given.rest;
    if (more.length > 0) return wrong('audit verify takes one file at most.');
    const found = file === undefined ? await verifyDatabase(given) : await verifyOffline(given, file);
    if ('code' in found) return found;
    return {
      code: found.kind === 'intact' ? 0 : 1,
      text: given.values.json ? JSON.stringify(found) : found.because,
    };
  },
};

export const auditExport: Verb = {
  name: 'audit export',
  does: 'write entries, or the consent receipt of one action, as JSON Lines or CSV',
  help: `Usage: npm run roster -- audit export [--action ID] [--since WHEN] [--until WHEN] [--first SEQ] [--last SEQ] [--format jsonl|csv] [--out FILE]

  --action ID          one action's consent receipt: what was shown, who approved, what came of it, and the proof
  --since, --until     a day (UTC) or a time with its zone; until is not included, but a whole day is
  --first, --last      from and to these entries
  --format             jsonl (can be verified offline with audit verify FILE) or csv (cannot)
  --out FILE           where to write it; else to standard output`,
  options: {
    action: { type: 'string' },
    since: { type: 'string' },
    until: { type: 'string' },
    first: { type: 'string' },
    last: { type: 'string' },
    format: { type: 'string' },
    out: { type: 'string' },
  },
  run: (given) => {
    const asked = wantedExport(given);
    if (asked.kind === 'wrong') return Promise.resolve(wrong(asked.because));
    return given.ask(['/operator/audit-export', asked.body], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'json')
        throw new Error('The running app answered with something else than an export.');
      return write(answer.text, given);
    });
  },
};

const verified: z.ZodType<Verified> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('intact'),
    entries: z.number(),
    because: z.string(),
    witnessed: z
      .object({
        checkpoints: z.number(),
        keys: z.array(z.string()),
        open: z.array(z.object({ chain: z.string(), after: z.number(), entries: z.number() })),
      })
      .optional(),
  }),
  z.object({ kind: z.literal('broken'), seq: z.string().optional(), because: z.string() }),
]) as z.ZodType<Verified>;

function verifyDatabase(given: Given): Promise<Verified | Said> {
  const [since, file] = [textOf(given, 'since'), textOf(given, 'checkpoints')];
  if (since !== undefined && !isPlace(since))
    return Promise.resolve(wrong(`--since is ${since}, wanted the number of an entry, from 1.`));
  const asked = {
    ...(since && { since: Number(since) }),
    ...(given.values.links && { links: true }),
    ...(file && { checkpoints: resolve(file) }),
    key: textOf(given, 'key'),
  };
  return given.ask(['/operator/audit-verify', asked], async (answer) => {
    if (answer.kind === 'wrong') return wrong(answer.because);
    if (answer.kind === 'text')
      throw new Error('The running app answered with something else than a result.');
    return verified.parse(answer.value);
  });
}

async function verifyOffline(given: Given, file: string): Promise<Verified | Said> {
  if (given.values.since || given.values.links)
    return wrong('--since and --links are for the database, not for a file.');
  const [witness, key] = [textOf(given, 'checkpoints'), textOf(given, 'key')];
  const missing = [file, witness].find((one) => one !== undefined && !existsSync(one));
  if (missing) return wrong(`There is no file ${missing}.`);
  const read = witness ? await readWitness(witness, key) : undefined;
  if (read?.kind === 'contradicted') return { kind: 'broken', because: read.because };
  return verifyFile(file, { ...(read && { checkpoints: read.checkpoints }), ...(key && { key }) });
}

function wantedExport(given: Given): { kind: 'asked'; body: unknown } | { kind: 'wrong'; because: string } {
  const no = (because: string) => ({ kind: 'wrong' as const, because });
  const [action, format = 'jsonl'] = [textOf(given, 'action'), textOf(given, 'format')];
  const [since, until] = [textOf(given, 'since'), textOf(given, 'until')];
  const [first, last] = [textOf(given, 'first'), textOf(given, 'last')];
  if (given.rest.length > 0) return no(`audit export takes options only, not ${given.rest.join(' ')}.`);
  if (format !== 'jsonl' && format !== 'csv') return no(`--format is ${format}, wanted jsonl or csv.`);
  if (action && (since ?? until ?? first ?? last))
    return no('--action takes all of one action: leave --since, --until, --first and --last out.');
  const when = [since, until].find((one) => one !== undefined && moment(one) === undefined);
  if (when) return no(`${when} is neither a day such as 2026-11-21 nor a time with its zone.`);
  const place = [first, last].find((one) => one !== undefined && !isPlace(one));
  if (place) return no(`${place} is not the number of an entry, from 1.`);
  const body = {
    format,
    ...(action && { action }),
    ...(since && { since: moment(since) }),
    ...(until && { until: moment(until, true) }),
    ...(first && { first: Number(first) }),
    ...(last && { last: Number(last) }),
  };
  return { kind: 'asked', body };
}

async function write(lines: AsyncIterable<string>, given: Given): Promise<Said> {
  const out = textOf(given, 'out');
  if (out === undefined) {
    for await (const part of lines) await printed(part);
    return { code: 0, text: '' };
  }
  const stream = createWriteStream(out, { mode: 0o600 });
  await pipeline(lines, stream);
  await finished(stream);
  const { bytesWritten: bytes } = stream;
  return { code: 0, text: given.values.json ? JSON.stringify({ file: out, bytes }) : `Written to ${out}.` };
}

function printed(part: string): Promise<void> {
  return new Promise((done, failed) => {
    process.stdout.write(part, (error) => (error ? failed(error) : done()));
  });
}

function isPlace(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text);
}
