// The command line's replay: a diagnosis made again from what it saw, by today's rules, without asking any system.
import { z } from 'zod';
import { thaw } from './incidents/freeze.ts';
import { type Replayed, replay, type Thought } from './incidents/replay.ts';
import { readManifests } from './manifests.ts';
import { type Verb, wrong } from './verb.ts';

const answered = z.object({
  incident: z.object({ id: z.string(), kind: z.string(), service: z.string(), status: z.string() }),
  evidence: z.array(
    z.object({ attempt: z.number(), at: z.string(), frozen: z.unknown(), cut: z.array(z.string()) }),
  ),
});

export const replayVerb: Verb = {
  name: 'replay',
  does: "an incident's diagnosis made again by today's rules, from what was seen then",
  help: `Usage: npm run roster -- replay INCIDENT

  INCIDENT             such as inc-7

What the diagnosis saw was kept when it was made. It is made again by the rules and runbooks there are now; no system is
asked and nothing is changed.

Exit code 1 when the likeliest cause or what follows from it is another now.`,
  options: {},
  run: async (given) => {
    const [id] = given.rest;
    if (!id || given.rest.length > 1) return wrong('replay needs one INCIDENT, such as inc-7.');
    const { runbooks } = readManifests(given.manifests());
    return given.ask(['/operator/frozen', { incident: id }], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than evidence.');
      const { incident, evidence } = answered.parse(JSON.parse(JSON.stringify(answer.value)));
      if (evidence.length === 0) return wrong(whyNone(id, incident.kind));
      const attempts = evidence.map(({ attempt, at, frozen, cut }) => {
        return { attempt, at, cut, ...replay(thaw(frozen), runbooks) };
      });
      const code = attempts.every(({ same }) => same) ? 0 : 1;
      if (given.values.json) return { code, text: JSON.stringify({ incident, attempts }) };
      return {
        code,
        text: [`${id}, ${incident.service}, ${incident.status}.`, ...attempts.flatMap(linesOf)].join('\n'),
      };
    });
  },
};

function whyNone(id: string, kind: string): string {
  return kind === 'prediction'
    ? `${id} is a prediction: what is foretold is not diagnosed.`
    : `Of ${id} nothing is kept: it was not diagnosed yet, or before evidence was kept.`;
}

function linesOf({
  attempt,
  at,
  cut,
  before,
  now,
  same,
}: Replayed & { attempt: number; at: string; cut: string[] }): string[] {
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `Attempt ${attempt}, ${when}${cut.length > 0 ? `. ${cut.join(' ')}` : ''}`,
    ...thoughtLines('Then', before),
    ...(same && before.hypotheses.length === now.hypotheses.length
      ? ['  Now   the same.']
      : thoughtLines('Now', now)),
  ];
}

function thoughtLines(when: string, { hypotheses, plan }: Thought): string[] {
  const causes = hypotheses.map(({ kind, says, confidence }, nth) => {
    return `${nth + 1}. ${Math.floor(confidence * 100)} % ${says} (${kind})`;
  });
  const lines = [...(causes.length > 0 ? causes : ['no known cause']), plan];
  return lines.map((line, nth) => `  ${(nth === 0 ? when : '').padEnd(5)} ${line}`);
}
