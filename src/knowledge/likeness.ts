// How alike a new incident and a past one are, and why, in words. Pure.
import type { PastIncident } from './history.ts';

/** What is known of an incident before anybody knows its cause. */
export interface Symptoms {
  title: string;
  /** What was seen, in words: signals, error lines. */
  text: string;
  service: string | null;
  /** Services one call away. */
  near: string[];
  servers: string[];
  /** The metrics that are unusual, by name. */
  metrics: string[];
  /** What the error lines say, without what differs from one line to the next. */
  templates: string[];
}

/** How alike, each 0–1; null where the past incident has nothing to compare. */
export interface Shared {
  /** The words, the rare ones counting most. */
  words: number;
  /** The titles, as they are written. */
  written: number;
  service: number | null;
  server: number | null;
  metrics: number | null;
  templates: number | null;
}

export interface Similar {
  past: PastIncident;
  /** 0–1 */
  score: number;
  /** Reasons, the strongest first. */
  why: string[];
}

/** What counts where there is nothing to compare. */
const unknown = 0.3;

const weights: Record<keyof Shared, number> = {
  words: 0.4,
  written: 0.15,
  service: 0.3,
  server: 0.1,
  metrics: 0.2,
  templates: 0.25,
};

/** A neighbour's incident is worth so much of an own one's. */
const neighbourly = 0.4;

/**
 * One figure of how alike two incidents are: the weighted mean of what is compared. Where a past one says nothing it counts
 * as somewhat alike, so that an imported one, which has no metrics, does not stand behind for that. The weights are set by
 * hand with most of the bench's kinds of incident in view.
 */
export function scoreOf(shared: Shared): number {
  const names = Object.keys(weights) as (keyof Shared)[];
  const all = names.reduce((sum, one) => sum + weights[one], 0);
  return names.reduce((sum, one) => sum + weights[one] * (shared[one] ?? unknown), 0) / all;
}

const voters = 10;
const voteWeight = 0.3;
/** The vote of one whose kind nobody wrote down. */
const unsaid = 0.2;

/**
 * What the ten likest say of the kind counts besides: incidents of the kind that most of them have are likelier the same,
 * also where they were told in other words. Votes weigh score⁴, so that the likest outvote the many.
 */
export function votedOf(
  scored: { kind: string | null; score: number }[],
): (kind: string | null, score: number) => number {
  const top = scored.toSorted((a, b) => b.score - a.score).slice(0, voters);
  const all = top.reduce((sum, { score }) => sum + score ** 4, 0) || 1;
  const votes = new Map<string | null, number>();
  for (const { kind, score } of top) votes.set(kind, (votes.get(kind) ?? 0) + score ** 4 / all);
  return (kind, score) =>
    score * (1 - voteWeight) + voteWeight * (kind === null ? unsaid : (votes.get(kind) ?? 0));
}

/** What is compared. `words` and `written` come from the database; `kindMetrics` stand in where only the kind is known. */
export function sharedOf(
  symptoms: Symptoms,
  past: PastIncident,
  { words, written, kindMetrics }: { words: number; written: number; kindMetrics: string[] },
): Shared {
  const { service, near, servers, metrics, templates } = symptoms;
  const unusual = past.metrics.length > 0 ? past.metrics : kindMetrics;
  return {
    ...{ words, written },
    service:
      past.service === null
        ? null
        : past.service === service
          ? 1
          : near.includes(past.service)
            ? neighbourly
            : 0,
    server: past.server === null || servers.length === 0 ? null : Number(servers.includes(past.server)),
    metrics: unusual.length === 0 || metrics.length === 0 ? null : overlap(metrics, unusual),
    templates:
      past.templates.length === 0 || templates.length === 0
        ? null
        : overlap(templates, past.templates, 'least'),
  };
}

/** The share of both together that is in both (Jaccard), or of the shorter list. */
function overlap(some: string[], others: string[], of: 'all' | 'least' = 'all'): number {
  const [a, b] = [new Set(some), new Set(others)];
  const both = [...a].filter((one) => b.has(one)).length;
  return both / (of === 'all' ? a.size + b.size - both : Math.min(a.size, b.size));
}

/** How much of what is asked for a past incident's words have: each word weighs as it is rare (inverse document frequency). */
export function wordsShared(
  asked: { lexeme: string; seen: number }[],
  shared: string[],
  total: number,
): number {
  const weight = (seen: number) => Math.log(1 + total / (1 + seen));
  const all = asked.reduce((sum, { seen }) => sum + weight(seen), 0);
  if (all === 0) return 0;
  const has = new Set(shared);
  return asked.reduce((sum, { lexeme, seen }) => sum + (has.has(lexeme) ? weight(seen) : 0), 0) / all;
}

/** Why they are alike, in words. `says` tells what a metric is called for people. */
export function whyOf(
  symptoms: Symptoms,
  past: PastIncident,
  kindMetrics: string[],
  says: (metric: string) => string,
): string[] {
  const { service, near, servers, metrics, templates } = symptoms;
  const place =
    past.service === null
      ? []
      : past.service === service
        ? ['same service']
        : near.includes(past.service)
          ? [`on its neighbour ${past.service}`]
          : [];
  const server = past.server !== null && servers.includes(past.server) ? [`same server ${past.server}`] : [];
  const both = metrics.filter((one) => past.metrics.includes(one));
  const usual = past.metrics.length > 0 ? [] : metrics.filter((one) => kindMetrics.includes(one));
  const unusual =
    both.length > 0
      ? [`${listed(both.map(says))} unusual in both`]
      : usual.length > 0
        ? [`${listed(usual.map(says))} unusual, as in others of ${past.kind}`]
        : [];
  const line = templates.find((one) => past.templates.includes(one));
  const phrase =
    line ?? commonPhrase(`${symptoms.title}\n${symptoms.text}`, `${past.title}\n${past.symptoms}`);
  return [...place, ...server, ...unusual, ...(phrase ? [`'${cut(phrase)}' in both`] : [])];
}

function listed(words: string[]): string {
  const some = words.slice(0, 3);
  return some.length < 2 ? some.join('') : `${some.slice(0, -1).join(', ')} and ${some.at(-1)}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The longest run of at least two words that both texts have, one of them of five letters or more; undefined when there is none. */
function commonPhrase(a: string, b: string): string | undefined {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  let best: string[] = [];
  let row = new Uint16Array(other.length + 1);
  for (const [at, word] of one.entries()) {
    const next = new Uint16Array(other.length + 1);
    for (const [place, same] of other.entries()) {
      if (word !== same) continue;
      const run = (row[place] as number) + 1;
      next[place + 1] = run;
      const words = run > best.length ? one.slice(at + 1 - run, at + 1) : [];
      if (run >= 2 && words.some((text) => text.length >= 5)) best = words;
    }
    row = next;
  }
  return best.length > 0 ? best.join(' ') : undefined;
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}_.-]+/gu) ?? []).slice(0, 400);
}
