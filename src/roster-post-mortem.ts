// The command line's post-mortem: an incident's, whole, as Markdown with its chart, or as JSON.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { PersonId } from './ids.ts';
import { chartShape, dataOf } from './incidents/post-mortem/chart.ts';
import { markdownOf } from './incidents/post-mortem/markdown.ts';
import { isLate, type PostMortem, toldShape } from './incidents/post-mortem/post-mortem.ts';
import { readPeople } from './manifests.ts';
import type { Chart } from './monitoring/chart/chart.ts';
import { openDrawing } from './monitoring/chart/picture.ts';
import { type Given, type Said, textOf, type Verb, wrong } from './verb.ts';

const answered = z.object({ postMortem: toldShape, chart: chartShape.nullable() });

export const postMortemVerb: Verb = {
  name: 'post-mortem',
  does: "an incident's post-mortem, whole, as Markdown with its chart",
  help: `Usage: npm run roster -- post-mortem INCIDENT [--out FILE|FOLDER]

  INCIDENT             such as inc-7
  --out FILE           where to write the Markdown; else to standard output
  --out FOLDER         a folder that is there, or ends in a slash: INCIDENT.md and, beside it, its chart as INCIDENT.png

Without a folder the chart is told in words and as some of its values. With --json all of it as it is stored.

Exit code 1 when something that was to be done by now is not.`,
  options: { out: { type: 'string' } },
  run: async (given) => {
    const [id, ...more] = given.rest;
    if (!id || more.length > 0) return wrong('post-mortem needs one INCIDENT, such as inc-7.');
    return given.ask(['/operator/post-mortem', { incident: id }], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than a post-mortem.');
      const { postMortem, chart } = answered.parse(JSON.parse(JSON.stringify(answer.value)));
      const code = postMortem.tasks.some((one) => isLate(one, new Date())) ? 1 : 0;
      return told(given, { postMortem, chart, code, id });
    });
  },
};

interface Found {
  id: string;
  postMortem: PostMortem;
  chart: Chart | null;
  code: 0 | 1;
}

async function told(given: Given, { id, postMortem, chart, code }: Found): Promise<Said> {
  const out = textOf(given, 'out');
  const nameOf = namesOf(given);
  if (given.values.json) return written(out, JSON.stringify({ ...postMortem, chart }), code);
  const folder = out !== undefined && isFolder(out) ? out : undefined;
  if (folder === undefined) {
    const text = markdownOf(postMortem, { nameOf, ...(chart && { chart: dataOf(chart) }) });
    return written(out, text, code);
  }
  mkdirSync(folder, { recursive: true });
  const picture = `${id}.png`;
  if (chart) writeFileSync(join(folder, picture), await png(chart));
  const text = markdownOf(postMortem, { nameOf, ...(chart && { picture }) });
  return written(join(folder, `${id}.md`), text, code);
}

async function png(chart: Chart): Promise<Uint8Array> {
  const drawing = openDrawing();
  try {
    return await drawing.draw(chart);
  } finally {
    await drawing.close();
  }
}

function written(out: string | undefined, text: string, code: 0 | 1): Said {
  if (out === undefined) return { code, text: text.trimEnd() };
  writeFileSync(out, text);
  return { code, text: `Written to ${resolve(out)}.` };
}

function isFolder(path: string): boolean {
  return /[\\/]$/.test(path) || (existsSync(path) && statSync(path).isDirectory());
}

/** Names as the site's people.yaml has them; who is not in it is called by id. */
export function namesOf(given: Given): (person: PersonId) => string {
  const people = given.settings().site.kind === 'real' ? readPeople(given.manifests()) : [];
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return (person) => names.get(person) ?? person;
}
