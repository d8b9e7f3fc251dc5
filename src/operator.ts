// What an operator may ask: the same handlers behind the running app's door and in the command line's own process.
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { newestStored, openCheckpoints, witnessFile } from './audit/checkpoint.ts';
import { compliance } from './audit/compliance.ts';
import { decisionsSince } from './audit/decisions.ts';
import { exportCsv, exportLines } from './audit/export.ts';
import { openSigner } from './audit/key.ts';
import { exportAction, exportActionCsv } from './audit/receipt.ts';
import { chains } from './audit/record.ts';
import { verify } from './audit/verify.ts';
import { lost, type Read, readWitness } from './audit/witness.ts';
import { charterSchema } from './charter/charter.ts';
import { charterHeld, compare } from './charter/force.ts';
import { dryRun, dryRunAsked, type Rehearsal } from './dry-run.ts';
import type { Opinion } from './incidents/argue/turn.ts';
import { incidentsSince } from './incidents/read.ts';
import type { Store } from './jobs/save.ts';
import type { Runbook } from './knowledge/runbook.ts';
import { policySchema } from './policy/policy.ts';
import { type Recorded, tryPolicy } from './policy/try.ts';
import type { Db } from './postgres/database.ts';
import {
  againAsked,
  arguedAgain,
  digestAsked,
  digestAskedFor,
  doctorAsked,
  frozenAsked,
  frozenAskedFor,
  historyAsked,
  importAsked,
  importIncidents,
  postMortemAsked,
  postMortemAskedFor,
} from './recalled.ts';
import { reviewAsked, reviewAskedFor } from './role-review.ts';
import type { Reviewer } from './scorecards/review/read.ts';
import { releaseByOperator, type Switches, switchAsked, throwByOperator } from './switches.ts';

export type Answer =
  | { kind: 'json'; value: unknown }
  | { kind: 'text'; text: AsyncIterable<string> }
  /** It was asked wrongly, or for something that is not there: one sentence. */
  | { kind: 'wrong'; because: string };

/** Each takes a JSON body, parses it itself, and answers. */
export type Operator = Record<string, (body: unknown) => Promise<Answer>>;

export interface Place {
  db: Db;
  /** The data folder. */
  folder: string;
  now(): Date;
  switches: Switches;
  /** What a trial is watched with, which is made at its start; a real site's settings say it. */
  watched?: { url: string; cycleMs: number } | undefined;
  /** What a model is asked again with, and the runbooks whose kinds it knows; without a key there is no opinion. */
  arguing?: ((store: Store) => { opinion: Opinion | undefined; runbooks: Runbook[] }) | undefined;
  /** What a runbook is gone through with, without running it. */
  rehearsal?: () => Rehearsal;
  /** What roles are reviewed with. */
  reviewing?: () => Reviewer & { holidays: string[] };
}

/** The handlers by path. `place` is undefined while the app is still starting. */
export function operatorOf(place: () => Place | undefined): Operator {
  const on =
    <Body>(schema: z.ZodType<Body>, handle: (place: Place, body: Body) => Promise<Answer>) =>
    async (body: unknown): Promise<Answer> => {
      const parsed = schema.safeParse(body ?? {});
      if (!parsed.success) return { kind: 'wrong', because: z.prettifyError(parsed.error) };
      const here = place();
      return here ? handle(here, parsed.data) : { kind: 'wrong', because: 'Roster is still starting.' };
    };
  return {
    '/operator/audit-verify': on(verifyAsked, verifyAudit),
    '/operator/audit-export': on(exportAsked, exportAudit),
    '/operator/policy-try': on(tryAsked, tryRecorded),
    '/operator/kill': on(switchAsked, ({ switches }, asked) => throwByOperator(switches, asked)),
    '/operator/unkill': on(switchAsked, ({ switches }, asked) => releaseByOperator(switches, asked)),
    '/operator/charter-diff': on(diffAsked, async ({ db }, { charters }) => ({
      kind: 'json',
      value: await Promise.all(charters.map((one) => compare(db, charterHeld(one)))),
    })),
    '/operator/watched': on(watchedAsked, async ({ db, watched }, { since }) => ({
      kind: 'json',
      value: { watched, incidents: await knownSince(db, new Date(since)) },
    })),
    '/operator/import-incidents': on(importAsked, importIncidents),
    '/operator/history': on(doctorAsked, historyAsked),
    '/operator/frozen': on(frozenAsked, frozenAskedFor),
    '/operator/argue-again': on(againAsked, arguedAgain),
    '/operator/runbook-dry-run': on(dryRunAsked, async ({ db, rehearsal }, asked) =>
      rehearsal
        ? dryRun(rehearsal(), db, asked)
        : { kind: 'wrong', because: 'Nothing is known here to run.' },
    ),
    '/operator/digest': on(digestAsked, digestAskedFor),
    '/operator/post-mortem': on(postMortemAsked, postMortemAskedFor),
    '/operator/review': on(reviewAsked, reviewAskedFor),
    '/operator/report-compliance': on(complianceAsked, async ({ db }, asked) => ({
      kind: 'json',
      value: await compliance(db, asked),
    })),
  };
}

const seq = z.number().int().positive();
const verifyAsked = z.strictObject({
  since: seq.optional(),
  links: z.boolean().optional(),
  /** Where the witness file lies; the data folder's own unless said, if it has one. */
  checkpoints: z.string().optional(),
  key: z.string().optional(),
});
const exportAsked = z.strictObject({
  action: z.string().optional(),
  first: seq.optional(),
  last: seq.optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  format: z.enum(['jsonl', 'csv']),
});
const complianceAsked = z.strictObject({ system: z.string().min(1), from: z.string(), until: z.string() });

const watchedAsked = z.strictObject({ since: z.iso.datetime() });
const diffAsked = z.strictObject({ charters: z.array(charterSchema) });
const tryAsked = z.strictObject({ policy: policySchema, since: z.string() });

/** What a backtest is held against: incidents since then, but for false alarms and what was only foretold. */
async function knownSince(db: Db, since: Date) {
  const incidents = (await incidentsSince(db, since)).filter(
    ({ kind, status }) => kind !== 'prediction' && status !== 'false-alarm' && status !== 'merged',
  );
  return incidents.map(({ id, service, openedAt, endedAt }) => ({ id, service, openedAt, endedAt }));
}

/** Decides again, under another policy, what was decided since. */
async function tryRecorded({ db }: Place, { policy, since }: z.infer<typeof tryAsked>): Promise<Answer> {
  const recorded = await decisionsSince(db, since);
  return {
    kind: 'json',
    value: { tried: recorded.length, changed: tryPolicy(recorded as Recorded[], policy) },
  };
}

async function verifyAudit({ db, folder }: Place, asked: z.infer<typeof verifyAsked>): Promise<Answer> {
  const { checkpoints, key, ...extent } = asked;
  const file = checkpoints ?? witnessFile(folder);
  if (checkpoints && !existsSync(file)) return { kind: 'wrong', because: `There is no file ${checkpoints}.` };
  // A copy of the witness may be older than the database; the data folder's own may not.
  const stored = checkpoints ? [] : await newestStored(db, folder);
  const read: Read = existsSync(file)
    ? await readWitness(file, key)
    : { kind: 'checkpoints', checkpoints: [], unreadable: 0 };
  const broken = (because: string) => ({ kind: 'json' as const, value: { kind: 'broken', because } });
  if (read.kind === 'contradicted') return broken(read.because);
  const because = lost(stored, read.checkpoints);
  if (because) return broken(because);
  return { kind: 'json', value: await verify(db, { ...extent, checkpoints: read.checkpoints }) };
}

async function exportAudit(
  { db, folder, now }: Place,
  { action, format, ...selection }: z.infer<typeof exportAsked>,
): Promise<Answer> {
  const exporting = { db, signer: openSigner(folder), now: now() };
  if (action === undefined) {
    const text = format === 'csv' ? exportCsv(db, selection) : exportLines(exporting, selection);
    return { kind: 'text', text };
  }
  if (format === 'jsonl') await witnessNow({ db, folder, now });
  const exported = await (format === 'csv' ? exportActionCsv(db, action) : exportAction(exporting, action));
  return exported.kind === 'none'
    ? { kind: 'wrong', because: exported.because }
    : { kind: 'text', text: exported.lines };
}

/** So that a receipt's proof leads up to a checkpoint. */
async function witnessNow({ db, folder, now }: Omit<Place, 'switches'>): Promise<void> {
  for (const chain of chains) await openCheckpoints({ db, chain, folder, now }).take({ anyway: true });
}
