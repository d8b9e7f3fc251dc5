import { z } from 'zod';
import type { Offered } from '../../models/model.ts';

const ids = z.array(z.string().regex(/^E\d+$/)).max(12);
const share = z.number().min(0).max(1);
const sentence = z.string().min(1).max(300);
const subject = z.string().min(1).max(80);

const hypothesis = z.strictObject({
  kind: z.string().min(1).max(60).describe('one of the kinds given, or other'),
  service: subject.optional().describe('the id of the service it is about'),
  server: subject.optional().describe('the id of the server it is about'),
  says: sentence.describe('the cause in one sentence'),
  confidence: share,
  for: ids.describe('ids of the evidence that speaks for it'),
  against: ids.describe('ids of the evidence that speaks against it'),
});

export const answerSchema = z.strictObject({
  hypotheses: z.array(hypothesis).max(6),
  root_cause: z
    .array(z.strictObject({ says: sentence, for: ids }))
    .max(4)
    .describe('what happened, in a few sentences, each with the ids of its evidence'),
  confidence: share.describe('in the first hypothesis'),
  status: z.enum(['found', 'unsure']),
});

export type Answer = z.infer<typeof answerSchema>;
export type Claim = z.infer<typeof hypothesis>;

export const lookSchema = z.strictObject({
  what: z.enum(['metrics', 'errors', 'deployments']),
  of: subject.describe('the id of a service or a server'),
});

/** What a look that cannot be read is answered. */
export const lookWanted = 'A look names what (metrics, errors or deployments) and of (an id).';

export const classifySchema = z.strictObject({ kind: z.string().min(1).max(60), for: ids });

/** What a model may call in its turn. Both read; neither changes anything. */
export const turnTools: Offered[] = [
  {
    name: 'look',
    description:
      'Reads more evidence: all metrics of a service or server, the error log of a service (or of all on a server), or the deployments of a service in the last 4 hours.',
    schema: shapeOf(lookSchema),
  },
  {
    name: 'answer',
    description:
      'Gives your hypotheses and the root cause, each with the ids of its evidence. Ends your turn.',
    schema: shapeOf(answerSchema),
  },
];

export const classifyTools: Offered[] = [
  {
    name: 'classify',
    description: 'Says which kind of incident this is, with the ids of the evidence that says so.',
    schema: shapeOf(classifySchema),
  },
];

function shapeOf(schema: z.ZodType): Offered['schema'] {
  const { $schema: _, ...shape } = z.toJSONSchema(schema);
  return { ...shape, type: 'object' };
}
