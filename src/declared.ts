// An incident declared by hand: by a command, a mention or a form, from one reading of the words.
import type { Button, Byline, Card, Form } from './chat/card.ts';
import { say } from './commanded.ts';
import type { Core } from './handlers.ts';
import { type Declared, type Declaring, declare, readDeclaration } from './incidents/declare.ts';

/** The form that asks what is missing. */
export const declareForm: Form = {
  title: 'Declare an incident',
  submit: 'Declare',
  intent: { do: 'declare' },
  field: {
    name: 'what',
    label: 'Which service, and what is wrong?',
    hint: 'Such as "checkout cards are declined". "sev2" says how bad it is, else the service does.',
    least: 5,
    most: 1_000,
  },
};

/** Declares what these words say, once for a request; or why not, in a sentence. */
export async function declared(
  { responder }: Pick<Core, 'responder'>,
  by: Declaring,
  words: string,
): Promise<Declared> {
  const read = readDeclaration(words, responder.inventory);
  if (read.kind === 'unclear') return { kind: 'not-opened', because: read.because };
  return declare(responder, read.declared, by);
}

/** The same as a card; without words it offers the form. */
export async function declaredCard(
  core: Pick<Core, 'responder' | 'desk'>,
  by: Declaring,
  words: string,
): Promise<Card> {
  if (words.trim() === '') return offer(core.desk.by);
  return say(core.desk, (await declared(core, by, words)).because);
}

/** What to say, and the form for who would rather fill one. */
export function offer(by: Byline): Card {
  const title = 'Which service, and what is wrong?';
  const button: Button = { label: declareForm.title, intent: { do: 'declare' } };
  return {
    by,
    tone: 'neutral',
    title,
    blocks: [
      {
        kind: 'text',
        text: 'Say "declare checkout cards are declined", with "sev2" where you know how bad it is.',
      },
      { kind: 'buttons', buttons: [button] },
    ],
    fallback: title,
  };
}
