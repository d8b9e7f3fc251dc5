// How well past incidents are found when the same is told in other words: of those of the same kind on the same service, the
// share that is among the first five, beside full text search alone and trigrams alone, on the same rows and questions.
// Not how it is on a site: all words are made up.
import { sql } from 'kysely';
import { type PastIncident, remember } from '../src/knowledge/history.ts';
import type { Symptoms } from '../src/knowledge/likeness.ts';
import { similar as findSimilar } from '../src/knowledge/similar.ts';
import { triage } from '../src/knowledge/triage.ts';
import { type Db, transact } from '../src/postgres/database.ts';
import { embeddedOn, startEmbedded } from '../src/postgres/embedded.ts';
import { migrate } from '../src/postgres/migrate.ts';
import { type Bench, type Metric, percentile } from './measure.ts';
import { chatter, details, kinds, later, type Said, services } from './similar-said.ts';

const seed = 20_261_121;
const size = 600;
const questions = 300;
/** Of the first kinds the history has none of the last two: what is told of them should be novel. */
const [known, strange] = [kinds.slice(0, -2), kinds.slice(-2)];

type Row = Omit<Metric, 'bench' | 'machine'>;
interface Made {
  past: Omit<PastIncident, 'id'>;
  said: Said;
  nth: number;
  detail: string;
  place: number;
}

export const similar: Bench = async ({ say, afterwards }) => {
  const database = embeddedOn(await startEmbedded());
  afterwards(() => database.close());
  await migrate(database.db);
  const random = seeded(seed);
  say(`similar: seed ${seed}, ${size} past incidents, ${questions} told again.`);
  const all = [...known, ...later.kinds];
  const made = Array.from({ length: size }, (_, nth) => incident(random, random.of(all), nth));
  const past = made.map((one) => one.past);
  await transact(database.db, (tx) => remember(tx, past));
  await sql`analyze past_incident`.execute(database.db);
  const asked = Array.from({ length: questions }, () => {
    const of = random.of(made);
    return { of, symptoms: retold(random, of) };
  });
  const took: number[] = [];
  const tally = { combined: none(), later: none(), words: none(), written: none(), original: none() };
  const typed = { right: 0, wrong: 0 };
  for (const { of, symptoms } of asked) {
    const wanted = made.filter(({ said, place }) => said === of.said && place === of.place);
    const count = (at: Tally, keys: string[]) => {
      at.of += Math.min(5, wanted.length);
      at.hits += wanted.filter(({ past }) => keys.includes(past.key)).length;
    };
    const began = performance.now();
    const found = await findSimilar(database.db, { symptoms, before: new Date() });
    took.push(performance.now() - began);
    const keys = found.similar.map((one) => one.past.key);
    count(tally.combined, keys);
    if (later.kinds.includes(of.said)) count(tally.later, keys);
    tally.original.of += 1;
    tally.original.hits += Number(keys.includes(of.past.key));
    count(tally.words, await byWords(database.db, symptoms));
    count(tally.written, await byTrigrams(database.db, symptoms));
    const type = triage(found.similar, []);
    if (type.kind === 'no-runbook') typed[type.type === of.said.kind ? 'right' : 'wrong'] += 1;
  }
  const novel = async (kinds: Said[]) => {
    const told = none();
    for (; told.of < 100; told.of += 1) {
      const one = incident(random, random.of(kinds), size + told.of);
      const found = await findSimilar(database.db, { symptoms: retold(random, one), before: new Date() });
      told.hits += Number(triage(found.similar, []).kind === 'novel');
    }
    return told;
  };
  const better = Math.max(tally.words.hits, tally.written.hits);
  return [
    {
      ...share('recall_at_5', tally.combined),
      against: 'the better of full text and trigram alone',
      ratio: tally.combined.hits / better,
    },
    share('recall_at_5_kinds_not_in_view', tally.later),
    share('recall_at_5_full_text_alone', tally.words),
    share('recall_at_5_trigram_alone', tally.written),
    share('original_at_5', tally.original),
    share('type_right_share', { hits: typed.right, of: questions }),
    share('type_wrong_share', { hits: typed.wrong, of: questions }),
    share('novel_told_share', await novel(strange)),
    share('novel_told_share_kinds_not_in_view', await novel(later.strangers)),
    { metric: 'similar_ms_p95', value: percentile(took, 0.95), unit: 'ms', against: null, ratio: null },
  ];
};

interface Tally {
  hits: number;
  of: number;
}

function none(): Tally {
  return { hits: 0, of: 0 };
}

function share(metric: string, { hits, of }: Tally): Row {
  return { metric, value: hits / of, unit: 'share', against: null, ratio: null, hits, of };
}

interface Random {
  share(): number;
  of<T>(list: readonly T[]): T;
}

/** mulberry32 */
function seeded(start: number): Random {
  let state = start;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { share: next, of: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number] };
}

/** One of the past: half are our own, with metrics and error lines, the others imported, mostly with a service. */
function incident(random: Random, said: Said, nth: number): Made {
  const place = Math.floor(random.share() * services.length);
  const detail = details.map((words) => random.of(words)).join('-');
  const own = random.share() < 0.5;
  const service = services[place] as string;
  const text = (list: string[]) => random.of(list).replaceAll('{x}', detail);
  const seen = said.seen.map((ways) => text(ways.slice(0, -1)));
  const small = chatter.map((ways) => random.of(ways)).filter(() => random.share() < 0.5);
  const past = {
    source: own ? ('own' as const) : ('file' as const),
    key: `made-${nth}`,
    title: `${own || random.share() < 0.6 ? `${service}: ` : ''}${seen[0]}`,
    symptoms: [...seen.slice(1), ...small, ...(own ? said.logs.map((line) => text([line])) : [])].join('. '),
    rootCause: text(said.cause),
    resolution: text(said.mended),
    kind: own || random.share() < 0.7 ? said.kind : null,
    service: own || random.share() < 0.8 ? service : null,
    server: own || random.share() < 0.5 ? `${service}-0${1 + (nth % 3)}` : null,
    severity: 2,
    openedAt: new Date(Date.UTC(2026, 0, 1) + nth * 3_600_000),
    endedAt: null,
    runbook: null,
    metrics: own ? said.metrics.filter(() => random.share() < 0.85) : [],
    templates: own ? said.logs.map(templated) : [],
  };
  return { past, said, nth, detail, place };
}

/** The same again: every phrase in words that no past incident has, the detail named in half of them, some noticed on a neighbour. */
function retold(random: Random, { said, nth, detail, place }: Made): Symptoms {
  const beside = services[(place + 1) % services.length] as string;
  const own = services[place] as string;
  const service = random.share() < 0.15 ? beside : own;
  const named = random.share() < 0.5 ? detail : 'it';
  const seen = said.seen.map((ways) => (ways.at(-1) as string).replaceAll('{x}', named));
  const logs = random.share() < 0.6 ? said.logs.filter(() => random.share() < 0.7) : [];
  const metrics = said.metrics.filter(() => random.share() < 0.75);
  const more = random.share() < 0.3 ? [random.of(kinds).metrics[0] as string] : [];
  const lines = logs.map((line) => line.replaceAll('{x}', detail).replaceAll(/\d+/g, '31'));
  return {
    title: `${service}: ${seen[0]}`,
    text: [
      ...seen.slice(1),
      ...chatter.map((ways) => random.of(ways)).filter(() => random.share() < 0.5),
      ...lines,
    ].join('. '),
    service,
    near: [service === own ? beside : own],
    servers: random.share() < 0.6 ? [`${own}-0${1 + (nth % 3)}`] : [],
    metrics: [...new Set([...metrics, ...more])],
    templates: logs.map(templated),
  };
}

/** Error lines of one kind differ in their details and numbers. */
function templated(line: string): string {
  return line.replaceAll('{x}', '#').replaceAll(/[\w.:/]*\d[\w.:/]*/g, '#');
}

/** Full text search as it comes: any of the words, by rank. */
async function byWords(db: Db, { title, text }: Symptoms): Promise<string[]> {
  const any = (`${title} ${text}`.match(/[\p{L}\p{N}_-]+/gu) ?? []).map((one) => `"${one}"`).join(' or ');
  const { rows } = await sql<{ key: string }>`select key from past_incident,
      websearch_to_tsquery('english', ${any}) as query
    where search @@ query order by ts_rank(search, query) desc, id limit 5`.execute(db);
  return rows.map(({ key }) => key);
}

/** pg_trgm as it comes: the whole text of one against the other's. */
async function byTrigrams(db: Db, { title, text }: Symptoms): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`select key from past_incident
    order by similarity(title || ' ' || symptoms, ${`${title} ${text}`}) desc, id limit 5`.execute(db);
  return rows.map(({ key }) => key);
}
