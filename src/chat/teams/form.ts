import { z } from 'zod';
import type { Field, Form } from '../card.ts';
import { type Intent, writeIntent } from '../intent.ts';
import { cut, plain } from '../words.ts';
import { type AdaptiveCard, adaptiveCard, button, type Element } from './adaptive.ts';
import { literal } from './text.ts';

interface Around {
  /** The card the form was opened on, as it was drawn: shown above the form, without its buttons. */
  card?: AdaptiveCard | undefined;
  /** What was wrong with the last answer, one sentence. */
  error?: string | undefined;
  /** The last answer, to be corrected. */
  answer?: string;
  /** Those of the other fields. */
  more?: Record<string, string> | undefined;
}

/**
 * Draws a form as the Adaptive Card that answers a click, for the one person who clicked. *Submit* sends the verb
 * `submit` with what the form is about, its field's name and, under that name, the answer; *Cancel* sends `refresh`,
 * which brings the card back. It is not refreshed by itself: that would lose what is being typed. *Submit* brings the
 * form's own words along, because a press is all that comes back: with them it is shown again beside what was wrong.
 */
export function drawForm(form: Form, around: Around = {}): AdaptiveCard {
  const above = (around.card?.body ?? []).filter(({ type }) => type !== 'ActionSet');
  const whole = drawUnder(above, form, around);
  // Of a card that leaves no room its title says what the form is about.
  const fits = Buffer.byteLength(JSON.stringify(whole)) <= mostBytes;
  return fits ? whole : drawUnder(above.slice(0, 1), form, { ...around, card: undefined });
}

/** As `render` has it, with room for the answer around it. */
const mostBytes = 28_000;

function drawUnder(about: Element[], form: Form, { card, error, answer, more }: Around): AdaptiveCard {
  const { name } = form.field;
  const others = form.more ?? [];
  const title = literal(plain(form.title, 200), { weight: 'Bolder' });
  const body: Element[] = [
    ...about,
    { ...title, ...(about.length > 0 && { separator: true, spacing: 'Medium' }) },
    ...(error ? [wrong(error)] : []),
    ...asked(form.field, answer),
    ...others.flatMap((field) => asked(field, more?.[field.name])),
    {
      type: 'ActionSet',
      actions: [
        button({
          title: plain(form.submit, 75),
          verb: 'submit',
          data: { intent: writeIntent(form.intent), field: name, form: writeForm(form) },
          style: 'positive',
        }),
        button({ title: 'Cancel', verb: 'refresh', data: { verb: 'refresh' }, associatedInputs: 'none' }),
      ],
    },
  ];
  return adaptiveCard(body, card?.msteams.entities ?? []);
}

function asked(field: Field, answer: string | undefined): Element[] {
  const { hint } = field;
  return [
    ...(hint ? [literal(plain(hint, 500), { size: 'Small', isSubtle: true })] : []),
    input(field, answer ?? field.value),
  ];
}

const fieldWords = z.object({
  name: z.string().min(1),
  label: z.string(),
  hint: z.string(),
  least: z.int().min(0),
  most: z.int().min(1).max(3_000),
  line: z.literal(true).optional(),
});
const words = z.object({
  title: z.string(),
  submit: z.string(),
  field: fieldWords,
  more: z.array(fieldWords).max(10).optional(),
});

/** Without what stood in its fields at first: what was typed comes back beside it. */
function writeForm({ title, submit, field, more }: Form): string {
  const bare = ({ value: _, ...rest }: Field) => rest;
  return JSON.stringify({ title, submit, field: bare(field), ...(more && { more: more.map(bare) }) });
}

/** The form that a submit brings along; undefined when it is none. It says only how things look, to whoever sent it. */
export function readForm(text: string | undefined, intent: Intent): Form | undefined {
  try {
    const { data } = words.safeParse(JSON.parse(text ?? ''));
    return data && ({ ...data, intent } as Form);
  } catch {
    return undefined;
  }
}

function wrong(error: string): Element {
  return { type: 'Container', style: 'attention', items: [literal(`⚠ ${plain(error, 500)}`)] };
}

function input({ name, label, least, most, line }: Field, answer?: string): Element {
  return {
    type: 'Input.Text',
    id: name,
    label: plain(label, 200),
    isMultiline: !line,
    isRequired: least > 0,
    maxLength: most,
    ...(answer && { value: cut(answer, most, '') }),
    ...(least > 1 && { regex: `^[\\s\\S]{${least},}$` }),
    ...(least > 0 && {
      errorMessage: least === 1 ? 'Please write something.' : `Please write at least ${least} characters.`,
    }),
  };
}
