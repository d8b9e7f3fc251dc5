import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { type Desk, openDesk } from './desk.ts';

/** One way of trying to get past the gateway. */
export interface Class<Case = unknown> {
  name: string;
  /** How many attempts the quick kit makes, and the whole one. */
  tries: { quick: number; whole: number };
  cases: fc.Arbitrary<Case>;
  /** Tried first, whatever the seed. */
  always?: Case[];
  /** As `always`, where the kit is not the quick one. */
  heavy?: Case[];
  /** How many attempts go on at once; as many as the database takes when not given. */
  atOnce?: number;
  /** Makes one attempt. A sentence when the gateway did not hold. */
  attempt(desk: Desk, given: Case): Promise<string | undefined>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of classes holds classes of different cases
export type AnyClass = Class<any>;

export interface Result {
  class: string;
  tried: number;
  broken: number;
  seed: number;
}

interface Wanted {
  tries: number;
  seed: number;
  quick: boolean;
  /** Told of each attempt that broke something, with its case. */
  say(line: string): void;
}

/** Makes the attempts of one class on databases of its own. An attempt that throws is broken too. */
export async function tryAll(one: AnyClass, { tries, seed, quick, say }: Wanted): Promise<Result> {
  const first = [...(quick ? [] : (one.heavy ?? [])), ...(one.always ?? [])];
  const cases = [...first, ...fc.sample(one.cases, { numRuns: tries, seed })].slice(0, tries);
  let broken = 0;
  const attempt = async (desk: Desk, nth: number) => {
    const given = cases[nth];
    const because = await one.attempt(desk, given).catch((error: unknown) => `It threw: ${error}`);
    if (because === undefined) return;
    broken += 1;
    if (broken <= 5)
      say(`${one.name}, attempt ${nth} of seed ${seed}: ${because} ${fc.stringify(given).slice(0, 400)}`);
  };
  for (let from = 0; from < cases.length; from += perDatabase)
    await onOneDatabase(one, { from, to: Math.min(from + perDatabase, cases.length), attempt });
  return { class: one.name, tried: cases.length, broken, seed };
}

/** So that the last attempts are as quick as the first. */
const perDatabase = 500;

interface Some {
  from: number;
  to: number;
  attempt(desk: Desk, nth: number): Promise<void>;
}

async function onOneDatabase({ atOnce }: AnyClass, { from, to, attempt }: Some): Promise<void> {
  const desk = await openDesk();
  let next = from;
  const go = async () => {
    while (next < to) {
      next += 1;
      await attempt(desk, next - 1);
    }
  };
  const many = atOnce ?? (desk.database.kind === 'postgres' ? 2 * availableParallelism() : 1);
  try {
    await Promise.all(Array.from({ length: many }, go));
  } finally {
    await desk.close();
  }
}
