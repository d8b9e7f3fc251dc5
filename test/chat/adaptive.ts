// What Teams would refuse of an Adaptive Card: by the official schema, by Microsoft's own parser, by the documented limits.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { z } from 'zod';

type Parser = typeof import('adaptivecards');
const require = createRequire(import.meta.url);
/** Its entry for browsers is of another kind of module; this one is for Node. */
const cards = require('adaptivecards/dist/adaptivecards.js') as Parser;

const { id: _, ...schema } = JSON.parse(
  readFileSync('test/recorded/schemas/adaptive-card.1.5.0.schema.json', 'utf8'),
);
const ajv = new Ajv({ strict: false, allErrors: false, validateSchema: false, validateFormats: false });
ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
const valid = ajv.compile(schema);

/** Every reason against `content`, each a line; none when Teams would take and show it. */
export function refusedByTeams(content: unknown): string[] {
  return [...bySchema(content), ...byParser(content), ...byLimits(content)];
}

function bySchema(content: unknown): string[] {
  const { msteams: _own, ...known } = content as Record<string, unknown>;
  if (valid(known)) return [];
  return (valid.errors ?? []).slice(0, 5).map((error) => `schema: ${error.instancePath} ${error.message}`);
}

function byParser(content: unknown): string[] {
  const context = new cards.SerializationContext(cards.Versions.v1_5);
  const card = new cards.AdaptiveCard();
  card.hostConfig = new cards.HostConfig({ actions: { maxActions: 6 } });
  card.parse(content, context);
  const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at));
  const wrong = card.validateProperties().validationEvents;
  return [...events, ...wrong].map(({ message }) => `adaptivecards: ${message}`);
}

const mention = z.strictObject({
  type: z.literal('mention'),
  text: z.string().regex(/^<at>[^<>\n]+<\/at>$/),
  mentioned: z.strictObject({ id: z.string().min(1), name: z.string().min(1) }),
});

/** learn.microsoft.com: format-your-bot-messages, design-effective-cards, user-specific-views, cards-format. */
const limits = z.object({
  msteams: z.object({ entities: z.array(mention) }),
  refresh: z.object({ userIds: z.array(z.string().min(1)).max(60) }).optional(),
});

function byLimits(content: unknown): string[] {
  const parsed = limits.safeParse(content);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const text = JSON.stringify(content);
  const sets = elementsOf(content).filter(({ type }) => type === 'ActionSet');
  const tags = elementsOf(content).flatMap((one) =>
    one.type === 'TextBlock' ? (String(one.text).match(/<at>.*?<\/at>/g) ?? []) : [],
  );
  const known = parsed.data.msteams.entities.map((one) => one.text);
  const found: [boolean, string][] = [
    [Buffer.byteLength(text) > 28 * 1_024, `${Buffer.byteLength(text)} bytes are too many`],
    [sets.some(({ actions }) => (actions as unknown[]).length > 6), 'more than six actions in a set'],
    [new Set(known).size < known.length, 'two mentions of one name'],
    [tags.some((tag) => !known.includes(tag)), `<at> without its mention: ${tags}`],
    [known.some((tag) => !tags.includes(tag)), `a mention that stands nowhere: ${known}`],
    [!text.isWellFormed(), 'half a character'],
  ];
  return found.flatMap(([is, because]) => (is ? [because] : []));
}

type Found = Record<string, unknown> & { type: string };

/** Everything in a card that has a type, from the top down. */
export function elementsOf(content: unknown): Found[] {
  if (Array.isArray(content)) return content.flatMap(elementsOf);
  if (typeof content !== 'object' || content === null) return [];
  const within = Object.values(content).flatMap(elementsOf);
  return 'type' in content ? [content as Found, ...within] : within;
}

/** What a person reads, element by element. */
export function shownByTeams(content: unknown): string[] {
  const { body } = content as { body: unknown };
  return elementsOf(body).flatMap(({ type, text, title, label, facts, altText }) => {
    if (type === 'FactSet') return (facts as Record<string, string>[]).flatMap((fact) => Object.values(fact));
    if (type === 'TextRun' || type === 'TextBlock') return [String(text)];
    if (type === 'Image') return [String(altText)];
    if (type === 'Action.Execute') return [String(title)];
    return type === 'Input.Text' ? [String(label)] : [];
  });
}
