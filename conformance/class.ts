import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { type Desk, openDesk } from './desk.ts';

/** One way of trying to get past the gateway. */
export interface Class<Case = unknown> {
  name: string;
  /** How many tries the quick kit makes, and the whole one. */
  tries: { quick: number; whole: number };
  /** How many tries one attempt is; one when not given. */
  counts?(given: Case): number;
  cases: fc.Arbitrary<Case>;
  /** Tried first, whatever the seed. */
  always?: Case[];
  /** As `always`, where the kit is not the quick one. */
  heavy?: Case[];
  /** How many attempts go on at once; as many as the database takes when not given. */
  atOnce?: number;
  /** Not tried where the only database is the embedded one. */
  needs?: 'postgres';
  /** Makes one attempt. A sentence when the gateway did not hold. */
  attempt(desk: Desk, given: Case): Promise<string | undefined>;
  /** Closes what attempts opened beside a desk; what was measured, in a sentence. */
  end?(desk: Desk): Promise<string | undefined>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of classes holds classes of different cases
export type AnyClass = Class<any>;

export interface Result {
  class: string;
  tried: number;
  /** How many attempts broke something. */
  broken: number;
  seed: number;
}

interface Wanted {
  tries: number;
  seed: number;
  quick: boolean;
  /** Told of each attempt that broke something, with its case. */
  say(line: string): void;
  /** Told of what was measured. */
  tell?(line: string): void;
}

/** Makes the attempts of one class on databases of its own. An attempt that throws is broken too. */
export async function tryAll(one: AnyClass, wanted: Wanted): Promise<Result> {
  const { seed, say, tell } = wanted;
  let [tried, begun, broken] = [0, 0, 0];
  const attempt = async (desk: Desk, given: unknown) => {
    if (one.needs && one.needs !== desk.database.kind) return;
    begun += 1;
    const nth = begun;
    const because = await one.attempt(desk, given).catch((error: unknown) => `It threw: ${error}`);
    tried += triesIn(one, given);
    if (because === undefined) return;
    broken += 1;
    if (broken <= 5)
      say(`${one.name}, attempt ${nth} of seed ${seed}: ${because} ${fc.stringify(given).slice(0, 400)}`);
  };
  for (const cases of perDatabase(one, wanted)) await onOneDatabase(one, { cases, attempt, tell });
  if (begun === 0 && wanted.tries > 0)
    say(`${one.name}: not tried, because no Postgres answers: set TEST_DATABASE_URL.`);
  return { class: one.name, tried, broken, seed };
}

/** So that the last attempts are as quick as the first. */
const mostPerDatabase = 2_000;

/** Cases for so many tries, and no more than it takes: the fixed ones first, then what the seed gives. */
function* perDatabase(one: AnyClass, { tries, seed, quick }: Wanted): Generator<unknown[]> {
  const fixed = [...(quick ? [] : (one.heavy ?? [])), ...(one.always ?? [])];
  let left = tries;
  for (let nth = 0; left > 0; nth += 1) {
    const numRuns = Math.min(left, mostPerDatabase);
    const drawn = fc.sample(one.cases, { numRuns, seed: (seed + nth * 7_919) | 0 });
    const cases: unknown[] = [];
    for (const given of nth === 0 ? [...fixed, ...drawn] : drawn) {
      if (left <= 0) break;
      cases.push(given);
      left -= triesIn(one, given);
    }
    yield cases;
  }
}

function triesIn(one: AnyClass, given: unknown): number {
  return one.counts?.(given) ?? 1;
}

interface Some {
  cases: unknown[];
  attempt(desk: Desk, given: unknown): Promise<void>;
  tell: Wanted['tell'];
}

async function onOneDatabase({ name, atOnce, end }: AnyClass, { cases, attempt, tell }: Some): Promise<void> {
  const desk = await openDesk();
  const waiting = cases.values();
  const go = async () => {
    for (const given of waiting) await attempt(desk, given);
  };
  const many = atOnce ?? (desk.database.kind === 'postgres' ? 3 * availableParallelism() : 1);
  try {
    await Promise.all(Array.from({ length: many }, go));
  } finally {
    const measured = await end?.(desk);
    if (measured) tell?.(`${name}: ${measured}`);
    await desk.close();
  }
}
