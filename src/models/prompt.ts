import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Size } from './model.ts';

const front = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.number().int().positive(),
  model: z.enum(['frontier', 'small']),
  max_tokens: z.number().int().min(256).max(64_000),
});

/** What a model is told to do, in a version of its own. */
export interface Prompt {
  /** As the audit names it: `diagnose@1`. */
  id: string;
  size: Size;
  maxTokens: number;
  text: string;
}

/** A prompt from its file: front matter in YAML between two lines of `---`, then the text. *refused* says what is wrong. */
export function parsePrompt(
  name: string,
  file: string,
): { kind: 'prompt'; prompt: Prompt } | { kind: 'refused'; because: string } {
  const parts = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(file);
  if (!parts)
    return { kind: 'refused', because: 'it does not begin with front matter between two lines of ---' };
  const [, head = '', text = ''] = parts;
  const parsed = front.safeParse(parseDocument(head).toJS());
  if (!parsed.success) {
    const found = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'front matter'}: ${message}`,
    );
    return { kind: 'refused', because: found.join('; ') };
  }
  const { name: its, version, model, max_tokens } = parsed.data;
  if (its !== name) return { kind: 'refused', because: `its name is ${its}, wanted ${name}` };
  if (text.trim() === '') return { kind: 'refused', because: 'it has no text' };
  return {
    kind: 'prompt',
    prompt: { id: `${its}@${version}`, size: model, maxTokens: max_tokens, text: text.trim() },
  };
}
