// Runs what is measured: `npm run bench -- [name] [--data DIR] [--seed N]`. One JSON line a metric; progress goes to standard error.
// Not a test: it exits 0 whenever it measured, whatever the figures say.
import { parseArgs } from 'node:util';
import { audit } from './audit.ts';
import { calibration } from './calibration.ts';
import { digest } from './digest.ts';
import { estate } from './estate.ts';
import { firstShift } from './first-shift.ts';
import { fusion } from './fusion.ts';
import { incident } from './incident.ts';
import { type Bench, machine, type Options } from './measure.ts';
import { nab } from './nab.ts';
import { nezha } from './nezha-causes.ts';
import { past } from './past.ts';
import { petshop } from './petshop.ts';
import { policy } from './policy.ts';
import { precursors } from './precursors.ts';
import { scrape } from './scrape.ts';
import { similar } from './similar.ts';
import { sockshop } from './sockshop.ts';

const benches: Record<string, Bench> = {
  'first-shift': firstShift,
  policy,
  audit,
  nab,
  fusion,
  scrape,
  precursors,
  estate,
  incident,
  digest,
  petshop,
  sockshop,
  nezha,
  calibration,
  similar,
  past,
};

const usage = `Usage: npm run bench -- [name] [--data DIR] [--seed N]\nBenches: ${Object.keys(benches).join(', ')}; without a name, every one.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { data: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  const say = (line: string) => console.error(line);
  if (values.help) {
    say(usage);
    return 0;
  }
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    say(`--seed is "${values.seed}", wanted a whole number.`);
    return 2;
  }
  const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    say(`There is no bench ${unknown}.\n${usage}`);
    return 2;
  }
  const wanted = positionals.length > 0 ? positionals : Object.keys(benches);
  const undoings: (() => unknown)[] = [];
  const undo = async () => {
    for (let next = undoings.pop(); next; next = undoings.pop()) await next();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void undo().finally(() => process.exit(1)));
  const afterwards = (undo: () => unknown) => void undoings.push(undo);
  try {
    for (const name of wanted) {
      await run(name, { data: values.data, seed, say, afterwards });
      await undo();
    }
  } finally {
    await undo();
  }
  return 0;
}

async function run(bench: string, options: Options): Promise<void> {
  options.say(`${bench}: begins.`);
  const metrics = await benches[bench]?.(options);
  const on = machine();
  for (const metric of metrics ?? []) console.log(JSON.stringify({ bench, ...metric, machine: on }));
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error);
    process.exit(2);
  },
);
