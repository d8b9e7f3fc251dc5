import { type Access, askText, parseJson, SystemFailed } from '../http.ts';
import type { Asked, Collector } from './columns.ts';
import { explain, goNumber } from './wording.ts';

/**
 * Puts every series of one metric at `at` into `collector`. Walks the answer by hand: a schema over 12,000
 * series would take longer than parsing them. Throws `SystemFailed`, also when the shape is another.
 */
export async function readInstant(
  access: Access,
  { promql }: Asked,
  place: number,
  collector: Collector,
  at: Date,
): Promise<void> {
  // VictoriaMetrics otherwise leaves out the last 30 s.
  const query = { query: promql, time: at.getTime() / 1_000, nocache: 1 };
  const text = await askText('Prometheus', access, { path: '/api/v1/query', query, explain });
  for (const one of resultOf(parseJson(text))) {
    const { metric, value } = (one ?? {}) as { metric?: unknown; value?: unknown };
    const said = Array.isArray(value) ? value[1] : undefined;
    if (typeof metric !== 'object' || metric === null || typeof said !== 'string')
      throw unexpected('a series without labels or value');
    collector.put(collector.numberOf(place, metric as Record<string, unknown>), goNumber(said));
  }
}

function resultOf(answer: unknown): unknown[] {
  const { data } = (answer ?? {}) as { data?: { resultType?: unknown; result?: unknown } };
  if (data?.resultType !== 'vector' || !Array.isArray(data.result))
    throw unexpected('no vector: a query for a cycle must give one value a series');
  return data.result;
}

function unexpected(what: string): SystemFailed {
  return new SystemFailed('Prometheus', 200, `Prometheus answered GET /api/v1/query with ${what}`);
}
