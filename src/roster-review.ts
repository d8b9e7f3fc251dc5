// The command line's role review: a worker's quarter, whole, as Markdown or JSON.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { IncidentId, PersonId } from './ids.ts';
import { namesOf } from './named.ts';
import { reviewMarkdown } from './scorecards/review/markdown.ts';
import { type Words, writtenShape } from './scorecards/review/review.ts';
import { textOf, type Verb, wrong } from './verb.ts';

const person = z.string().transform((text) => text as PersonId);
const incident = z.string().transform((text) => text as IncidentId);
const words: z.ZodType<Words> = z.object({
  ratings: z.array(z.object({ person, stars: z.number(), line: z.string().nullable(), at: z.coerce.date() })),
  wrong: z.array(z.object({ incident: incident.nullable(), line: z.string() })),
});
const answered = z.object({ written: writtenShape, words });

export const reviewVerb: Verb = {
  name: 'review',
  does: "a worker's quarter, and what is proposed for its role, as Markdown",
  help: `Usage: npm run roster -- review WORKER [--quarter 2026-Q3 | --now] [--out FILE]

  WORKER               such as rex
  --quarter 2026-Q3    which quarter; the last one that is over unless said
  --now                of the quarter that is not over, what is known so far
  --out FILE           where to write it; else to standard output

With --json all of it as it is stored. It changes nothing: docs/role-review.md has the rules of the proposal.

Exit code 1 when it proposes to narrow the role or to retire the worker.`,
  options: { out: { type: 'string' }, quarter: { type: 'string' }, now: { type: 'boolean' } },
  run: async (given) => {
    const [worker, ...more] = given.rest;
    if (!worker || more.length > 0) return wrong('review needs one WORKER, such as rex.');
    const asked = { worker, quarter: textOf(given, 'quarter'), soFar: given.values.now === true };
    return given.ask(['/operator/review', asked], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than a review.');
      const told = answered.parse(JSON.parse(JSON.stringify(answer.value)));
      const code = ['narrow', 'retire'].includes(told.written.proposal.kind) ? 1 : 0;
      const text = given.values.json
        ? JSON.stringify(told)
        : reviewMarkdown(told.written, told.words, namesOf(given));
      const out = textOf(given, 'out');
      if (out === undefined) return { code, text: text.trimEnd() };
      writeFileSync(out, text);
      return { code, text: `Written to ${resolve(out)}.` };
    });
  },
};
