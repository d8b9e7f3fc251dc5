import { z } from 'zod';
import { parseJson } from '../http.ts';

const failure = z.object({ errorType: z.string(), error: z.string() });

/** What Prometheus itself says is wrong, in the body of an error. */
export function explain(body: string): string | undefined {
  const said = failure.safeParse(parseJson(body));
  return said.success ? `${said.data.errorType}: ${said.data.error}` : undefined;
}

/** Prometheus writes numbers as Go does: NaN, +Inf and -Inf besides the usual. */
export function goNumber(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
