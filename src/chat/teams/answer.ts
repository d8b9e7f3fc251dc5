import type { Card, Form } from '../card.ts';
import type { Reply } from '../door.ts';
import { drawForm } from './form.ts';
import { render } from './render.ts';
import type { Speech } from './text.ts';

/** What one person is shown at once. */
export type Shown =
  | Exclude<Reply, { kind: 'form' }>
  /** The card that was acted on, as the record has it now. */
  | { kind: 'current'; card: Card }
  /** Under the card it is about; with what was wrong and typed, when it comes back. */
  | {
      kind: 'form';
      form: Form;
      card: Card | undefined;
      error?: string;
      answer?: string;
      more?: Record<string, string> | undefined;
    };

const adaptive = 'application/vnd.microsoft.card.adaptive';

/** The body that answers an invoke: in place of the card that was clicked, for the one who clicked. */
export function asInvoke(shown: Shown, speech: Speech) {
  switch (shown.kind) {
    case 'nothing':
      return said('Done.');
    case 'note':
      return said(shown.text);
    case 'form':
    case 'card':
    case 'current':
      return { statusCode: 200, type: adaptive, value: drawn(shown, speech) };
  }
}

function said(value: string) {
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value };
}

/** A message that answers one, or a press from a client that knows no invokes; undefined when there is nothing to say. */
export function asMessage(shown: Shown, speech: Speech) {
  switch (shown.kind) {
    case 'nothing':
    case 'current':
      return undefined;
    case 'note':
      return { type: 'message', text: shown.text, textFormat: 'plain' };
    case 'form':
    case 'card':
      return { type: 'message', attachments: [{ contentType: adaptive, content: drawn(shown, speech) }] };
  }
}

function drawn(shown: Extract<Shown, { card: unknown }>, speech: Speech) {
  if (shown.kind !== 'form') return render(shown.card, speech);
  const { form, card, error, answer, more } = shown;
  return drawForm(form, { card: card && render(card, speech), error, more, ...(answer && { answer }) });
}
