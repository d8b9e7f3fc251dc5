// A chain as the product writes it and witnesses it: random entries by several at once, checkpoints at times that are given.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoints, witnessFile } from '../src/audit/checkpoint.ts';
import type { Entry } from '../src/audit/entry.ts';
import type { Chain } from '../src/audit/record.ts';
import type { Extent, Verified } from '../src/audit/verify.ts';
import { type Store, save } from '../src/jobs/save.ts';
import { operatorOf } from '../src/operator.ts';
import type { Db } from '../src/postgres/database.ts';
import { noSwitches as switches } from '../test/switches.ts';
import { type Copy, copyOf, wipe } from './audit-table.ts';
import type { Desk } from './desk.ts';

export interface Step {
  chain: Chain;
  entries: number;
  /** By how many at once. */
  writers: number;
  /** How long after them somebody looks whether a checkpoint is due. */
  waitMs: number;
}

export interface Script {
  steps: Step[];
  /** What is written, over and over. */
  said: Entry[];
  /** The chains that are witnessed: the other one has only an open window. */
  witnessed: Chain[];
  /** Written last, before anybody looks again. */
  late: number;
}

export interface Scene {
  db: Db;
  /** The data folder, its witness file and the fingerprint of its key. */
  folder: string;
  file: string;
  key: string;
  now(): Date;
  /** The database as it was after one of the steps. */
  older: Copy;
  /** Writes entries, cut into as many parts as there are writers, all at once. */
  write(chain: Chain, entries: Entry[], writers?: number): Promise<void>;
  /** Looks, so much later, whether checkpoints are due; how many were taken. */
  look(laterMs: number): Promise<number>;
  /** Nobody looks for so long. */
  wait(ms: number): void;
  /** How long ago the first entry of a chain was written that no checkpoint stands for. */
  secondsOpen(chain: string): number;
  /** As `audit verify --key` does. */
  verify(extent?: Pick<Extent, 'since' | 'links'>): Promise<Verified>;
  /** As `audit export` does. */
  exported(asked: { action?: string; first?: number; last?: number }): Promise<string>;
  close(): void;
}

/** Writes `first` and then what the script says, from an empty database on. */
export async function openScene(desk: Desk, script: Script, first: Entry[] = []): Promise<Scene> {
  await wipe(desk.database.db);
  const scene = emptyScene(desk, script.witnessed);
  await scene.write('trial', first);
  await scene.look(0);
  const { steps, said, late } = script;
  const some = (count: number) => Array.from({ length: count }, (_, nth) => said[nth % said.length] as Entry);
  for (const [nth, { chain, entries, writers, waitMs }] of steps.entries()) {
    await scene.write(chain, some(entries), writers);
    await scene.look(waitMs);
    if (nth === Math.floor(steps.length / 2)) scene.older = await copyOf(scene.db);
  }
  if (late > 0) await scene.write(steps[0]?.chain ?? 'trial', some(late));
  scene.wait(900);
  return scene;
}

function emptyScene(desk: Desk, witnessed: Chain[]): Scene {
  const { db } = desk.database;
  const folder = mkdtempSync(join(tmpdir(), 'roster-conformance-'));
  let clock = Date.parse('2026-11-21T12:00:00Z');
  const now = () => new Date(clock);
  const takers = witnessed.map((chain) => openCheckpoints({ db, chain, folder, now }));
  const openSince = new Map<string, number>();
  const asked = operatorOf(() => ({ db, folder, now, switches }));
  const key = takers[0]?.fingerprint ?? '';
  return {
    db,
    folder,
    file: witnessFile(folder),
    key,
    now,
    older: { rows: [], words: [], checkpoints: [] },
    write: async (chain, entries, writers = 1) => {
      if (entries.length > 0 && !openSince.has(chain)) openSince.set(chain, clock);
      await writeAtOnce({ ...desk.gateway, chain }, entries, writers);
    },
    wait: (ms) => {
      clock += ms;
    },
    secondsOpen: (chain) => (clock - (openSince.get(chain) ?? clock)) / 1_000,
    look: async (laterMs) => {
      clock += laterMs;
      let count = 0;
      for (const { take } of takers) {
        const taken = await take();
        if (!taken) continue;
        openSince.delete(taken.chain);
        count += 1;
      }
      return count;
    },
    verify: async (extent = {}) => {
      const answer = await asked['/operator/audit-verify']?.({ ...extent, key });
      if (answer?.kind !== 'json') throw new Error(`It was not verified: ${JSON.stringify(answer)}`);
      return answer.value as Verified;
    },
    exported: async (wanted) => {
      const answer = await asked['/operator/audit-export']?.({ format: 'jsonl', ...wanted });
      if (answer?.kind !== 'text') throw new Error(`There is no export: ${JSON.stringify(answer)}`);
      let text = '';
      for await (const part of answer.text) text += part;
      return text;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function writeAtOnce(store: Store, entries: Entry[], writers: number): Promise<void> {
  const share = Math.ceil(entries.length / writers);
  const shares = Array.from({ length: writers }, (_, nth) => entries.slice(nth * share, (nth + 1) * share));
  await Promise.all(
    shares.map((entries) => save(store, async () => ({ result: undefined, entries, jobs: [] }))),
  );
}

/** The lines of the witness file; none when there is no file. */
export function witnessOf({ file }: Pick<Scene, 'file'>): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.length > 0);
}
