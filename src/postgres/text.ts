/** `text` as Postgres can hold it: a NUL and half a character, as a program's output may have, are shown as �. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

/** `value` as JSON that Postgres takes as `jsonb` and that has a canonical form, its texts and names storable. */
export function jsonOf(value: unknown): string {
  // Every escape is matched whole, so that the backslash of one is never taken for the start of another.
  return JSON.stringify(value).replace(/\\(u0000|ud[89a-f]..|.)/g, (escaped) =>
    escaped.length > 2 ? '\uFFFD' : escaped,
  );
}
