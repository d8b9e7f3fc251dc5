// What Slack would refuse of a message or a view, by the types Slack publishes for it: a schema made from `@slack/types`.
import { Ajv, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { homeRefusedBySlack, refusedBySlack, viewRefusedBySlack } from '../wire/slack-limits.ts';

/** Made anew in each run (a second or two), so that it is never older than the package. */
const generator = createGenerator({
  path: 'node_modules/@slack/types/dist/index.d.ts',
  type: '*',
  skipTypeCheck: true,
  additionalProperties: false,
});
const ajv = new Ajv({ strict: false });
const block = ajv.compile(generator.createSchema('KnownBlock'));
const view = ajv.compile(generator.createSchema('ModalView'));
const home = ajv.compile(generator.createSchema('HomeView'));

/** Every reason against a message, each a line: by type and by the documented limits. */
export function refusedOfMessage(message: { text: string; blocks: unknown[] }): string[] {
  return [...message.blocks.flatMap((one) => wrong(block, one)), ...refusedBySlack(message)];
}

/** The same for a modal view. */
export function refusedOfView(drawn: unknown): string[] {
  return [...wrong(view, drawn), ...viewRefusedBySlack(drawn)];
}

/** The same for a Home tab. */
export function refusedOfHome(drawn: unknown): string[] {
  return [...wrong(home, drawn), ...homeRefusedBySlack(drawn)];
}

function wrong(valid: ValidateFunction, data: unknown): string[] {
  if (valid(data)) return [];
  const said = (valid.errors ?? []).slice(0, 3).map((error) => `${error.instancePath} ${error.message}`);
  return [`@slack/types: ${JSON.stringify(data).slice(0, 80)}: ${said.join('; ')}`];
}

/** What a person reads, text object by text object, with Slack's escapes undone. */
export function shownBySlack(content: unknown): string[] {
  if (Array.isArray(content)) return content.flatMap(shownBySlack);
  if (typeof content !== 'object' || content === null) return [];
  const { type, text, alt_text: alt } = content as { type?: unknown; text?: unknown; alt_text?: unknown };
  if (type === 'image') return [String(alt)];
  if (type === 'plain_text') return [String(text)];
  if (type === 'mrkdwn') return [decoded(String(text))];
  return Object.values(content).flatMap(shownBySlack);
}

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
