// The conformance kit: `npm run conformance -- [--class NAME] [--tries N] [--seed S] [--quick] [--json]`.
// Every class tries to get past the gateway, without any model. Exit 0 held, 1 something broke, 2 used wrongly.
import { parseArgs } from 'node:util';
import { classes } from './all.ts';
import { tryAll } from './class.ts';

const names = classes.map(({ name }) => name);
const usage = `Usage: npm run conformance -- [--class NAME] [--tries N] [--seed S] [--quick] [--json]\nClasses: ${names.join(', ')}; without --class, every one.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      class: { type: 'string', multiple: true },
      tries: { type: 'string' },
      seed: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = values.class ?? names;
  const unknown = wanted.find((name) => !names.includes(name));
  const numbers = [values.tries ?? '1', values.seed ?? '1'];
  if (values.help || unknown !== undefined || !numbers.every((text) => /^\d{1,9}$/.test(text))) {
    console.error(unknown === undefined ? usage : `There is no class ${unknown}.\n${usage}`);
    return values.help ? 0 : 2;
  }
  const seed = values.seed ? Number(values.seed) : Math.floor(Math.random() * 2 ** 31);
  let broken = 0;
  for (const one of classes.filter(({ name }) => wanted.includes(name))) {
    const tries = values.tries ? Number(values.tries) : one.tries[values.quick ? 'quick' : 'whole'];
    const begun = performance.now();
    const result = await tryAll(one, {
      tries,
      seed,
      quick: values.quick,
      say: (line) => console.error(line),
      tell: (line) => console.error(line),
    });
    broken += result.broken;
    const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
    const line = `${result.broken === 0 ? '✓' : '✗'} ${one.name}: ${result.broken} broken of ${result.tried} in ${seconds} s, seed ${seed}`;
    console.log(values.json ? JSON.stringify(result) : line);
  }
  return broken === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
