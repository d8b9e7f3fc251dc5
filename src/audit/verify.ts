import type { Db } from '../postgres/database.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Fault, openLinks } from './link.ts';
import { changedWords, linksAt, pages, tailsBefore } from './store.ts';
import { openWitness, type Witness, type Witnessed, witnessedIn } from './witness.ts';

export type Verified =
  | { kind: 'intact'; entries: number; because: string; witnessed?: Witnessed }
  /** `seq` is where it breaks; undefined when the file itself was changed and not an entry. */
  | { kind: 'broken'; seq?: string; because: string };

export interface Extent {
  /** From this entry on; what lies before it is believed. */
  since?: number;
  /** Follow the links alone, without the texts and the words beside them. */
  links?: boolean;
  /** What was witnessed outside the database. */
  checkpoints?: Checkpoint[];
}

/**
 * Re-hashes every stored text, follows every link, re-hashes the words that were not erased, and holds the
 * chain against the checkpoints given. A change, a gap, a row out of place, a foreign chain, a tail cut off
 * or a chain replaced is named by its `seq`; without checkpoints the last two are not seen.
 */
export async function verify(db: Db, extent: Extent = {}): Promise<Verified> {
  const { since = 1, links = false, checkpoints } = extent;
  const witness = openWitness(checkpoints ?? []);
  const walked = await walk(db, extent, witness);
  if (walked.kind === 'fault') return broken(walked.fault);
  const ended = witness.end();
  if (ended.kind === 'contradicted') return broken(ended.fault);
  const changed = links ? undefined : await changedWords(db, since);
  if (changed)
    return broken({
      seq: changed,
      because: `The words beside entry ${changed} are not those it was written with.`,
    });
  const { entries } = walked;
  const because = intact(entries, extent);
  if (!checkpoints) return { kind: 'intact', entries, because };
  const { witnessed } = ended;
  return { kind: 'intact', entries, because: `${because} ${witnessedIn(witnessed)}`, witnessed };
}

type Walked = { kind: 'fault'; fault: Fault } | { kind: 'walked'; entries: number };

async function walk(db: Db, { since, links = false }: Extent, witness: Witness): Promise<Walked> {
  if (since !== undefined) {
    const before = witness.places().filter((seq) => seq < since);
    for (const row of await linksAt(db, before)) {
      const fault = witness.see(row);
      if (fault) return { kind: 'fault', fault };
    }
  }
  const follow = openLinks(since ?? 1, since === undefined ? new Map() : await tailsBefore(db, since));
  for await (const rows of pages(db, { from: since, links })) {
    for (const row of rows) {
      const fault = follow.see(row) ?? witness.see(row);
      if (fault) return { kind: 'fault', fault };
    }
  }
  return { kind: 'walked', entries: follow.seen() };
}

function intact(entries: number, { since, links }: Extent): string {
  const which = since === undefined ? `All ${entries} entries` : `The ${entries} entries from ${since} on`;
  return links
    ? `${which} are linked; their texts were not looked at.`
    : `${which} match their hashes and their links.`;
}

function broken(fault: Fault): Verified {
  return { kind: 'broken', ...fault };
}
