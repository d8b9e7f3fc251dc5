// Jaeger, read: the spans of traces of a range, through version 3 of its query API (OTLP as JSON).
// Not its user interface's own API, and not where a span's slowness is judged.
import { z } from 'zod';
import { type Access, askText, parseJson, SystemFailed } from '../http.ts';

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** One operation of one service within a request. */
export interface Span {
  trace: string;
  span: string;
  /** The span that waits for this one; undefined for the first of its trace. */
  parent: string | undefined;
  service: string;
  operation: string;
  kind: SpanKind;
  start: Date;
  durationMs: number;
  error: boolean;
  /** Its own attributes, else its resource's; `exception.type` and `exception.message` of its last exception. */
  attributes: Record<string, string>;
}

export interface Jaeger {
  /**
   * All spans of at most `most` traces in which `service` began a span from `from` (included) to `to` (not included).
   * Which traces, when there are more, is Jaeger's choice; none is an empty list.
   */
  findSpans(service: string, from: Date, to: Date, most: number): Promise<Span[]>;
}

/** A client of the Jaeger at `access`. Its method throws `SystemFailed` with Jaeger's own words. */
export function openJaeger(access: Access): Jaeger {
  return {
    async findSpans(service, from, to, most) {
      const question = { path, query: queryOf(service, from, to, most), explain };
      try {
        return spansIn(await askText('Jaeger', access, question));
      } catch (error) {
        if (isNothingFound(error)) return [];
        throw error;
      }
    },
  };
}

const path = '/api/v3/traces';

/** Under both names that its versions know them by: each takes its own and passes over the other. */
function queryOf(service: string, from: Date, to: Date, most: number): Record<string, string | number> {
  return {
    'query.serviceName': service,
    'query.service_name': service,
    'query.startTimeMin': from.toISOString(),
    'query.start_time_min': from.toISOString(),
    'query.startTimeMax': to.toISOString(),
    'query.start_time_max': to.toISOString(),
    'query.searchDepth': most,
    'query.search_depth': most,
  };
}

/** Jaeger answers 404 when there are no such traces; so does a wrong address, in other words. */
function isNothingFound(error: unknown): boolean {
  return error instanceof SystemFailed && error.status === 404 && error.message.endsWith(': No traces found');
}

const told = z.object({ error: z.object({ message: z.string().min(1) }) });

function explain(body: string): string | undefined {
  return told.safeParse(parseJson(body)).data?.error.message;
}

// int64 are strings in JSON, enums numbers or their names, depending on who writes it.
const integer = z.union([z.string().regex(/^\d+$/), z.number().int().nonnegative()]).transform(BigInt);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).default({}) }))
  .default([])
  .transform((all) => Object.fromEntries(all.map(({ key, value }) => [key, textOf(value)])));
const spanShape = z.object({
  traceId: z.string().min(1),
  spanId: z.string().min(1),
  parentSpanId: z.string().default(''),
  name: z.string().default(''),
  kind: z.union([z.number(), z.string()]).default(0),
  startTimeUnixNano: integer,
  endTimeUnixNano: integer,
  attributes,
  events: z.array(z.object({ name: z.string().default(''), attributes })).default([]),
  status: z.object({ code: z.union([z.number(), z.string()]).default(0) }).prefault({}),
});
const answer = z.object({
  result: z.object({
    resourceSpans: z
      .array(
        z.object({
          resource: z.object({ attributes }).prefault({}),
          scopeSpans: z.array(z.object({ spans: z.array(spanShape).default([]) })).default([]),
        }),
      )
      .default([]),
  }),
});

/** A whole answer, or one line for each part of it, as newer versions stream it. */
function spansIn(text: string): Span[] {
  const whole = parseJson(text);
  const parts = whole === undefined ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  return parts.flatMap((part) => spansOf(whole ?? parseJson(part)));
}

function spansOf(json: unknown): Span[] {
  const where = `Jaeger answered GET ${path} with 200`;
  const failed = told.safeParse(json).data?.error.message;
  if (failed) throw new SystemFailed('Jaeger', 200, `${where} and then: ${failed}`);
  const parsed = answer.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const because = json === undefined ? 'is not JSON' : `${issue?.path.join('.')}: ${issue?.message}`;
    throw new SystemFailed('Jaeger', 200, `${where} in an unexpected shape: ${because}`);
  }
  return parsed.data.result.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((one) => flat(one, resource.attributes))),
  );
}

function flat(one: z.output<typeof spanShape>, resource: Record<string, string>): Span {
  const { startTimeUnixNano: start, endTimeUnixNano: end, status } = one;
  const exception = one.events.findLast(({ name }) => name === 'exception')?.attributes;
  const all = { ...resource, ...exception, ...one.attributes };
  return {
    trace: one.traceId,
    span: one.spanId,
    // Nothing but zeros, in hexadecimal or base64, is no span.
    parent: /^0*$|^A*=*$/.test(one.parentSpanId) ? undefined : one.parentSpanId,
    service: resource['service.name'] ?? '',
    operation: one.name,
    kind: kindOf(one.kind),
    start: new Date(Number(start / 1_000_000n)),
    durationMs: Math.max(0, Number(end - start) / 1e6),
    error: status.code === 2 || status.code === 'STATUS_CODE_ERROR' || all.error === 'true',
    attributes: all,
  };
}

const kinds: SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

function kindOf(kind: number | string): SpanKind {
  if (typeof kind === 'number') return kinds[kind] ?? 'internal';
  return kinds.find((one) => kind === `SPAN_KIND_${one.toUpperCase()}`) ?? 'internal';
}

/** An attribute's value as text: what is plain as it is, a list or a map as JSON. */
function textOf(value: Record<string, unknown>): string {
  const [inside] = Object.values(value);
  const plain = scalar.safeParse(inside);
  return plain.success ? String(plain.data) : JSON.stringify(inside ?? '');
}
