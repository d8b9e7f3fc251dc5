import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Field, Form } from '../card.ts';
import type { Submitted } from '../door.ts';
import { readIntent, writeIntent } from '../intent.ts';
import { cut, plain } from '../words.ts';

const callback = 'roster-form';
const action = 'answer';

/** Draws a form as Slack's modal view; what the form is about travels in it as its private metadata. */
export function drawForm(form: Form): types.ModalView {
  return {
    type: 'modal',
    callback_id: callback,
    private_metadata: writeIntent(form.intent),
    title: text(form.title, 24),
    submit: text(form.submit, 24),
    close: text('Cancel', 24),
    blocks: [form.field, ...(form.more ?? [])].map(input),
  };
}

/** Words for one person where no message can be beside what they pressed: a modal view without a field. */
export function drawNote(words: string): types.ModalView {
  return {
    type: 'modal',
    title: text('Roster', 24),
    close: text('Close', 24),
    blocks: [{ type: 'section', text: text(words, 3_000) }],
  };
}

function input({ name, label, hint, least, most, value, line }: Field): types.InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: text(label, 2_000),
    ...(hint !== '' && { hint: text(hint, 2_000) }),
    optional: least === 0,
    element: {
      type: 'plain_text_input',
      action_id: action,
      multiline: !line,
      min_length: Math.min(least, 3_000),
      max_length: Math.min(most, 3_000),
      ...(value && { initial_value: cut(value, Math.min(most, 3_000), '') }),
    },
  };
}

function text(words: string, max: number): types.PlainTextElement {
  return { type: 'plain_text', text: plain(words, max), emoji: false };
}

const submission = z.object({
  user: z.object({ id: z.string() }),
  view: z.object({
    private_metadata: z.string().default(''),
    blocks: z.array(z.object({ block_id: z.string().optional() })).default([]),
    state: z.object({
      values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))),
    }),
  }),
});

type Filled =
  | { kind: 'submitted'; submitted: Submitted /** where a note about it belongs */; field: string }
  | { kind: 'refused'; account: string; because: string; field: string | undefined };

/** What somebody sent with a form: parsed, not trusted. Undefined when not even the sender can be read. */
export function readForm(body: unknown): Filled | undefined {
  const { data } = submission.safeParse(body);
  if (!data) return undefined;
  const account = `slack:${data.user.id}`;
  const { values } = data.view.state;
  const names = Object.keys(values);
  // Slack promises no order of the values: the form's own is that of its blocks.
  const field = data.view.blocks.find(({ block_id: id }) => id && names.includes(id))?.block_id ?? names[0];
  const intent = readIntent(data.view.private_metadata);
  const refused = (because: string): Filled => ({
    kind: 'refused',
    account,
    because,
    field: field ?? data.view.blocks[0]?.block_id,
  });
  if (!intent) return refused('The form is none of ours: what it is about cannot be read.');
  const given = field === undefined ? undefined : values[field]?.[action];
  if (field === undefined || !given) return refused('The form came without its answer.');
  const others = names.filter((name) => name !== field);
  const more = Object.fromEntries(others.map((name) => [name, values[name]?.[action]?.value ?? '']));
  const submitted = { account, intent, answer: given.value ?? '', ...(others.length > 0 && { more }) };
  return { kind: 'submitted', submitted, field };
}
