import { z } from 'zod';

/** A server or service by its id in the inventory. */
export const id = z
  .string()
  .max(63)
  .regex(/^[a-z0-9][a-z0-9.-]*$/, 'wants an id of small letters, digits, dots and dashes');

/** An account by its id in the directory: never a name or an e-mail address. */
export const account = z
  .string()
  .max(63)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'wants the id of an account: small letters, digits, dots, dashes');

/** A version as deployments are logged with. */
export const deployed = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9][\w.:+-]*$/, 'wants a version such as 2026.11.20-1');

/** A licence by its name. */
export const licence = z
  .string()
  .max(40)
  .regex(/^[A-Za-z0-9](?: ?[A-Za-z0-9._+-])*$/, 'wants the name of a licence');

/** The name of a setting. */
export const setting = z
  .string()
  .max(60)
  .regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, 'wants the name of a setting: letters, digits, dots, dashes');

const reference = /^vault:[a-z0-9][a-z0-9/_.-]{0,99}#[A-Za-z0-9_-]{1,40}$/;
/** Nothing that a shell, a template or a card would read as more than text. */
const plain = /^(?:-\d+(?:\.\d+)?|(?!vault:)[A-Za-z0-9/](?: ?[A-Za-z0-9._:/%+,=-])*)$/;
const secretValue =
  /^(?:xox[a-z]-|xapp-|gh[a-z]_|github_pat_|glpat-|sk-|(?:AKIA|ASIA)[A-Z0-9]{16}|eyJ)|(?:pass\w*|pwd|secret|token|key)\s?[=:]|(?=[A-Za-z_+=]*\d)(?=[\d_+=]*[A-Za-z])[\w+=]{32,}/i;
const secretName = /pass|pwd|secret|token|credential|private|api[._-]?key|access[._-]?key/i;

/** The value of a setting: plain text, or a secret by its reference such as `vault:path#key`. */
export const value = z
  .string()
  // Longer ones are looked at no further: the search for secrets is for short texts.
  .max(120, { abort: true })
  .refine(
    (text) => reference.test(text) || plain.test(text),
    'wants plain text or a reference vault:path#key',
  )
  .refine(
    (text) => reference.test(text) || !secretValue.test(text),
    'looks like a secret: give its reference vault:path#key',
  );

/** Whether what a setting of this name holds may be shown: a secret may by its reference alone. */
export function showable(name: string, text: string): boolean {
  return value.safeParse(text).success && (!secretName.test(name) || reference.test(text));
}

/** What a system holds, as people may see it. */
export function shown(name: string, held: unknown): string {
  if (held === undefined || held === null) return 'not set';
  const text = typeof held === 'object' ? '' : String(held);
  return showable(name, text) ? text : 'something that cannot be shown';
}

/** The object in `held`, `{}` for anything else. */
export function fields(held: unknown): Record<string, unknown> {
  return typeof held === 'object' && held !== null && !Array.isArray(held) ? { ...held } : {};
}

/** The texts of the list in `held`, none for anything else. */
export function texts(held: unknown): string[] {
  return Array.isArray(held) ? held.filter((one) => typeof one === 'string') : [];
}
