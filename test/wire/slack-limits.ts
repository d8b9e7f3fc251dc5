import { z } from 'zod';

/** Slack's documented limits on what is posted (docs.slack.dev, reference/block-kit), which the trial's Slack does not hold. */
const words = (most: number) => z.string().min(1).max(most);
const plainText = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: words(most), emoji: z.boolean().optional() });
const mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: words(most), verbatim: z.boolean().optional() });
const text = (most: number) => z.discriminatedUnion('type', [plainText(most), mrkdwn(most)]);
const blockId = z.string().min(1).max(255).optional();

const button = z.strictObject({
  type: z.literal('button'),
  action_id: words(255),
  text: plainText(75),
  value: z.string().max(2_000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), block_id: blockId, text: plainText(150) }),
  z
    .strictObject({
      type: z.literal('section'),
      block_id: blockId,
      text: text(3_000).optional(),
      fields: z.array(text(2_000)).min(1).max(10).optional(),
    })
    .refine((section) => section.text ?? section.fields, 'a section needs text or fields'),
  z.strictObject({
    type: z.literal('context'),
    block_id: blockId,
    elements: z.array(text(3_000)).min(1).max(10),
  }),
  z
    .strictObject({
      type: z.literal('image'),
      block_id: blockId,
      image_url: z
        .url({ protocol: /^https?$/ })
        .max(3_000)
        .optional(),
      slack_file: z.strictObject({ id: z.string().regex(/^F[A-Z0-9]{8,}$/) }).optional(),
      alt_text: words(2_000),
    })
    .refine((image) => Boolean(image.image_url) !== Boolean(image.slack_file), 'an image needs one source'),
  z.strictObject({ type: z.literal('divider'), block_id: blockId }),
  z.strictObject({
    type: z.literal('actions'),
    block_id: blockId,
    elements: z
      .array(button)
      .min(1)
      .max(25)
      .refine((all) => new Set(all.map((one) => one.action_id)).size === all.length, 'an action_id twice'),
  }),
]);

/** Not documented, but refused as `msg_blocks_too_long` from about here on. */
const mostInAll = 13_000;

const message = z
  .object({ text: words(40_000), blocks: z.array(block).max(50) })
  .refine(({ blocks }) => unique(blocks.map((one) => one.block_id)), 'a block_id twice')
  .refine(({ blocks }) => unique(blocks.flatMap(actionsOf)), 'an action_id twice in one message')
  .refine(({ blocks }) => JSON.stringify(blocks).length <= mostInAll, 'blocks too long in all');

/** A view is refused from about 250 kB on. */
const home = z
  .strictObject({
    type: z.literal('home'),
    private_metadata: z.string().max(3_000),
    blocks: z.array(block).max(100),
  })
  .refine(({ blocks }) => unique(blocks.map((one) => one.block_id)), 'a block_id twice')
  .refine(({ blocks }) => unique(blocks.flatMap(actionsOf)), 'an action_id twice in one view')
  .refine((all) => JSON.stringify(all).length <= 250_000, 'the view is too large');

function actionsOf(one: z.infer<typeof block>): string[] {
  return one.type === 'actions' ? one.elements.map((element) => element.action_id) : [];
}

function unique(all: (string | undefined)[]): boolean {
  const given = all.filter((one) => one !== undefined);
  return new Set(given).size === given.length;
}

/** What Slack would refuse in `{ text, blocks }`, each a line; none when it would take it. */
export function refusedBySlack(payload: unknown): string[] {
  const { error } = message.safeParse(payload);
  return error ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) : [];
}

/** The same for a Home tab. */
export function homeRefusedBySlack(view: unknown): string[] {
  const { error } = home.safeParse(view);
  return error ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) : [];
}

const note = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  close: plainText(24),
  blocks: z.array(block).min(1).max(100),
});

const control = z.object({
  type: z.literal('modal'),
  callback_id: words(255),
  private_metadata: z.string().max(3_000),
  title: plainText(24),
  submit: plainText(24),
  close: plainText(24),
  blocks: z
    .array(
      z.object({
        type: z.literal('input'),
        block_id: z.string().min(1).max(255),
        label: plainText(2_000),
        hint: plainText(2_000).optional(),
        optional: z.boolean(),
        element: z.object({
          type: z.literal('plain_text_input'),
          action_id: words(255),
          multiline: z.boolean(),
          min_length: z.int().min(0).max(3_000),
          max_length: z.int().min(1).max(3_000),
          initial_value: z.string().max(3_000).optional(),
        }),
      }),
    )
    .max(100),
});

/** The same for a modal view. */
export function viewRefusedBySlack(view: unknown): string[] {
  const { error } = control.safeParse(view);
  return error ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) : [];
}

/** The same for a modal that only tells. */
export function noteRefusedBySlack(view: unknown): string[] {
  const { error } = note.safeParse(view);
  return error ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) : [];
}
