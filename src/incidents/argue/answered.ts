import type { Asked } from '../../models/meter.ts';
import type { Called, Message, Offered, Said } from '../../models/model.ts';
import type { Prompt } from '../../models/prompt.ts';
import { type Redaction, restoreIn } from '../../models/redact.ts';
import { type Answer, answerSchema, classifySchema } from './offered.ts';
import { type Material, mostAsked } from './turn.ts';

/** What is sent for a prompt: a question that is asked again after a crash is another one. */
export function questionOf({ size, text, maxTokens, id }: Prompt, messages: Message[], tools: Offered[]) {
  return {
    request: { size, system: text, messages, tools, maxTokens },
    key: `model:${crypto.randomUUID()}`,
    prompt: id,
  };
}

/** A question for the small model: what was said, and the kinds there are. Pure. */
export function withKinds(messages: Message[], kinds: string[]): Message[] {
  return [...messages, us(`The kinds: ${[...kinds, 'other'].join(', ')}.`)];
}

/** The kind that the small model takes it for, `none` when that cannot be read or rests on nothing; and how the frontier model is told. Pure. */
export function classifiedBy(
  asked: Asked,
  kinds: string[],
  { evidence }: Material,
): { classified: string; told: Message } {
  const called = asked.kind === 'answered' ? callOf(asked.blocks, 'classify') : undefined;
  const said = classifySchema.safeParse(called?.input);
  const read = evidence.filter((one) => one.read).map(({ id }) => id);
  const stands =
    said.success && kinds.includes(said.data.kind) && said.data.for.some((id) => read.includes(id));
  const classified = stands ? said.data.kind : 'none';
  const known = [...kinds, 'other'].join(', ');
  return {
    classified,
    told: us(`The kinds of cause that are known here: ${known}. A first look took it for: ${classified}.`),
  };
}

/** What an answer of the frontier model is. */
type Meant =
  | { kind: 'answer'; answer: Answer }
  /** It wants to look at something first: the calls in what it said. */
  | { kind: 'look'; said: Message }
  /** It is told what was wrong, and asked again. */
  | { kind: 'again'; said: Message; correction: Message }
  | { kind: 'over'; because: string };

/** What the frontier model meant; `asked` counts this question. Pure. */
export function meantBy(answer: Asked, asked: number, redaction: Redaction): Meant {
  if (answer.kind !== 'answered') return { kind: 'over', because: answer.because };
  if (answer.stop === 'cut') return { kind: 'over', because: 'Its answer was longer than it may be.' };
  const called = callOf(answer.blocks, 'answer');
  const parsed = answerSchema.safeParse(restoreIn(called?.input, redaction));
  if (called && parsed.success) return { kind: 'answer', answer: parsed.data };
  if (asked >= mostAsked)
    return { kind: 'over', because: `It gave no answer that can be read in ${mostAsked} turns.` };
  const said: Message = { from: 'model', blocks: answer.blocks };
  const calls = answer.blocks.filter((block) => block.kind === 'called');
  if (calls.length > 0 && !called) return { kind: 'look', said };
  return { kind: 'again', said, correction: correction(calls, parsed.error?.issues ?? []) };
}

/** What is said besides the results of looks: before the last question that it is the last. Pure. */
export function lastWord(asked: number): Said[] {
  return asked === mostAsked - 1 ? [{ kind: 'said', text: 'This is your last turn: answer now.' }] : [];
}

/** An answer that cannot be read is handed back with what is wrong with its form. */
function correction(calls: Called[], issues: { path: PropertyKey[]; message: string }[]): Message {
  if (calls.length === 0) return us('Only the tool answer is heard: call it.');
  const wrong = issues.slice(0, 5).map(({ path, message }) => `${path.join('.')}: ${message}`);
  const text = `Not heard, because of its form: ${wrong.join('; ')}. Call answer again.`;
  return { from: 'us', blocks: calls.map(({ id }) => ({ kind: 'result', call: id, text, failed: true })) };
}

function us(text: string): Message {
  return { from: 'us', blocks: [{ kind: 'said', text }] };
}

function callOf(blocks: { kind: string }[], tool: string): Called | undefined {
  return blocks.find(
    (block): block is Called => block.kind === 'called' && 'tool' in block && block.tool === tool,
  );
}
