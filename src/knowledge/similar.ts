// The past incidents most like a new one, and why.
import type { Db } from '../postgres/database.ts';
import { type Similar, type Symptoms, scoreOf, sharedOf, votedOf, whyOf, wordsShared } from './likeness.ts';
import { loadCandidates, loadKindMetrics, loadWords } from './store.ts';

interface Asked {
  symptoms: Symptoms;
  /** Only what was opened before. */
  before: Date;
  /** The incident itself, which is not like itself. */
  not?: string | undefined;
  /** What a metric is called for people. */
  says?: (metric: string) => string;
}

const most = 5;

/**
 * The five past incidents most like this one, the likest first, with reasons: full text search, titles that are written
 * alike (trigrams), and what they share (service, neighbour, server, unusual metrics, error lines).
 */
export async function similar(
  db: Db,
  { symptoms, before, not, says = (metric) => metric }: Asked,
): Promise<{ similar: Similar[]; of: number }> {
  const text = `${symptoms.title}\n${symptoms.text}`.slice(0, 3_000);
  const { total, words } = await loadWords(db, text);
  if (total === 0) return { similar: [], of: 0 };
  const lexemes = words.map(({ lexeme }) => lexeme);
  const candidates = await loadCandidates(db, {
    ...symptoms,
    query: anyOf(lexemes),
    lexemes,
    before,
    not: not ?? null,
  });
  const kinds = new Map((await loadKindMetrics(db)).map(({ kind, metrics }) => [kind, metrics]));
  const found = candidates.map(({ shared, written, ...past }) => {
    const kindMetrics = (past.kind && kinds.get(past.kind)) || [];
    const held = sharedOf(symptoms, past, { words: wordsShared(words, shared, total), written, kindMetrics });
    return { past, kindMetrics, score: scoreOf(held) };
  });
  const vote = votedOf(found.map(({ past, score }) => ({ kind: past.kind, score })));
  const scored = found.map((one) => ({ ...one, score: vote(one.past.kind, one.score) }));
  scored.sort((a, b) => b.score - a.score || b.past.openedAt.getTime() - a.past.openedAt.getTime());
  const best = scored.slice(0, most).map(({ past, kindMetrics, score }): Similar => {
    return { past, score, why: whyOf(symptoms, past, kindMetrics, says) };
  });
  return { similar: best, of: total };
}

/** A question to `websearch_to_tsquery`: one word or another, none of them an operator. */
function anyOf(lexemes: string[]): string {
  return lexemes.map((one) => `"${one.replaceAll('"', ' ')}"`).join(' or ');
}
