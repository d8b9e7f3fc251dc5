/** Labels that must be exactly so, or what is wrong and at which character (from 1). */
export type Matchers =
  | { kind: 'matchers'; labels: Record<string, string> }
  | { kind: 'wrong'; at: number; says: string };

const quoted = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\`[^\`]*\``;

/** The source of a pattern for `{…}`, quoted braces inside included. */
export const braces = `\\{(?:[^{}"'\`]|${quoted})*\\}`;
/** The source of a pattern for one quoted string. */
export const anyString = quoted;

/** Reads `{name="value", …}`; `offset` is where it stands in the query. Knows `=` alone. */
export function parseMatchers(source: string, offset: number): Matchers {
  const one = new RegExp(`\\s*([a-zA-Z_]\\w*)\\s*(=~|!=|!~|=)\\s*(${quoted})\\s*(,|$)`, 'y');
  const inside = source.slice(1, -1);
  const labels: Record<string, string> = {};
  while (inside.slice(one.lastIndex).trim()) {
    const at = offset + one.lastIndex + 2;
    const [, name = '', operator, value = ''] = one.exec(inside) ?? [];
    if (!name) return { kind: 'wrong', at, says: 'unexpected character in label matching, expected label' };
    if (operator !== '=')
      return { kind: 'wrong', at, says: `unexpected "${operator}": equality matchers only are known here` };
    labels[name] = unquoted(value);
  }
  return { kind: 'matchers', labels };
}

/** The text of a quoted string, its escapes resolved. */
export function unquoted(source: string): string {
  const inside = source.slice(1, -1);
  if (source.startsWith('`')) return inside;
  return inside.replace(
    /\\(.)/g,
    (_, escaped: string) => ({ n: '\n', t: '\t', r: '\r' })[escaped] ?? escaped,
  );
}

/** Whether `labels` has all of `wanted`; wanting '' is wanting none. */
export function matches(labels: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => (labels[name] ?? '') === value);
}
