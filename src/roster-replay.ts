// The command line's replay: a diagnosis made again from what it saw, by today's rules and model, without asking any system.
import { z } from 'zod';
import { thaw } from './incidents/freeze.ts';
import { type Replayed, replay, type Thought } from './incidents/replay.ts';
import { readManifests } from './manifests.ts';
import { type Given, type Verb, wrong } from './verb.ts';

const answered = z.object({
  incident: z.object({ id: z.string(), kind: z.string(), service: z.string(), status: z.string() }),
  evidence: z.array(
    z.object({ attempt: z.number(), at: z.string(), frozen: z.unknown(), cut: z.array(z.string()) }),
  ),
});

const hypothesis = z.object({ kind: z.string(), says: z.string(), confidence: z.number() });
/** What came of asking a model again. */
const argued = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none'), because: z.string() }),
  z.object({
    ...{ kind: z.literal('heard'), model: z.string(), prompt: z.string(), classified: z.string() },
    heard: z.object({
      hypotheses: z.array(hypothesis),
      rootCause: z.array(z.string()),
      lowered: z.array(z.object({ says: z.string(), from: z.number(), to: z.number() })),
      dropped: z.array(z.object({ says: z.string(), because: z.string() })),
    }),
  }),
]);
type Argued = z.infer<typeof argued>;
type Attempt = Replayed & { attempt: number; at: string; cut: string[]; argued?: Argued };

export const replayVerb: Verb = {
  name: 'replay',
  does: "an incident's diagnosis made again by today's rules, from what was seen then",
  help: `Usage: npm run roster -- replay INCIDENT [--model]

  INCIDENT             such as inc-7
  --model              ask today's model with today's prompts too; it costs, and counts against the day's budgets

What the diagnosis saw was kept when it was made. It is made again by the rules and runbooks there are now; no system is
asked and nothing is changed. What the model wants to look at is answered from what was kept as well.

Exit code 1 when the likeliest cause or what follows from it is another now, or the model gave no answer.`,
  options: { model: { type: 'boolean' } },
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
      const attempts: Attempt[] = evidence.map(({ attempt, at, frozen, cut }) => {
        return { attempt, at, cut, ...replay(thaw(frozen), runbooks) };
      });
      if (given.values.model)
        for (const one of attempts) {
          given.say(`Asking the model about attempt ${one.attempt}.`);
          const told = await askModel(given, id, one.attempt);
          if (typeof told === 'string') return wrong(told);
          one.argued = told;
        }
      const code = attempts.every(({ same, argued: said }) => same && said?.kind !== 'none') ? 0 : 1;
      if (given.values.json) return { code, text: JSON.stringify({ incident, attempts }) };
      return {
        code,
        text: [`${id}, ${incident.service}, ${incident.status}.`, ...attempts.flatMap(linesOf)].join('\n'),
      };
    });
  },
};

/** A sentence when it cannot be asked. */
function askModel(given: Given, incident: string, attempt: number): Promise<Argued | string> {
  return given.ask(['/operator/argue-again', { incident, attempt }], async (answer) => {
    if (answer.kind === 'wrong') return answer.because;
    return argued.parse(answer.kind === 'json' ? JSON.parse(JSON.stringify(answer.value)) : undefined);
  });
}

function whyNone(id: string, kind: string): string {
  return kind === 'prediction'
    ? `${id} is a prediction: what is foretold is not diagnosed.`
    : `Of ${id} nothing is kept: it was not diagnosed yet, or before evidence was kept.`;
}

function linesOf({ attempt, at, cut, before, now, same, argued: said }: Attempt): string[] {
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `Attempt ${attempt}, ${when}${cut.length > 0 ? `. ${cut.join(' ')}` : ''}`,
    ...thoughtLines('Then', before),
    ...(same && before.hypotheses.length === now.hypotheses.length
      ? ['  Now   the same.']
      : thoughtLines('Now', now)),
    ...(said ? arguedLines(said) : []),
  ];
}

function arguedLines(said: Argued): string[] {
  if (said.kind === 'none') return [`  Model no answer: ${said.because}`];
  const { heard, model, prompt, classified } = said;
  return [
    `  Model ${model}, ${prompt}, first look: ${classified}`,
    ...heard.rootCause.map((one) => `        ${one}`),
    ...heard.hypotheses.map(({ kind, says, confidence }, nth) => {
      return `        ${nth + 1}. ${Math.floor(confidence * 100)} % ${says} (${kind})`;
    }),
    ...heard.dropped.map(({ says, because }) => `        dropped, ${because}: ${says}`),
  ];
}

function thoughtLines(when: string, { hypotheses, plan }: Thought): string[] {
  const causes = hypotheses.map(({ kind, says, confidence }, nth) => {
    return `${nth + 1}. ${Math.floor(confidence * 100)} % ${says} (${kind})`;
  });
  const lines = [...(causes.length > 0 ? causes : ['no known cause']), plan];
  return lines.map((line, nth) => `  ${(nth === 0 ? when : '').padEnd(5)} ${line}`);
}
