import { type Answer, json, type Request, text } from './http.ts';
import { type RequestSpan, requestsOf } from './requests.ts';
import type { World } from './world.ts';

interface Query {
  kind: 'query';
  /** Unix milliseconds. */
  from: number;
  to: number;
  depth: number;
  /** Whether a span is one that is asked for. */
  fits(span: RequestSpan): boolean;
}

type Refusal = { kind: 'refused'; because: string };

const usualDepth = 100;
const mostDepth = 1_500;
/** A search that finds little ends there. */
const mostSearched = 20_000;
/** No request takes longer. */
const longest = 60_000;
const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** The company's Jaeger: version 3 of its query API, to find traces and services. Errors are JSON in plain text, as Jaeger's are. */
export function answerJaeger({ method, path, params }: Request, world: World, now: Date): Answer {
  if (method !== 'GET') return text(405, 'Method Not Allowed\n');
  if (path === '/api/v3/services')
    return json(200, { services: world.inventory.services.map(({ id }) => id).sort() });
  if (path !== '/api/v3/traces') return text(404, '404 page not found\n');
  const query = parse(params);
  if (query.kind === 'refused') return failed(400, query.because);
  const traces = find(query, world, now);
  return traces.length === 0 ? failed(404, 'No traces found') : json(200, { result: told(traces.flat()) });
}

function failed(httpCode: number, message: string): Answer {
  return text(httpCode, `${JSON.stringify({ error: { httpCode, message } })}\n`);
}

/** Each name also in its older form: `query.startTimeMin` was `query.start_time_min`. */
function parse(params: URLSearchParams): Query | Refusal {
  const given = (name: string) =>
    params.get(`query.${name}`) ??
    params.get(`query.${name.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)}`);
  const wrong = (name: string): Refusal => ({
    kind: 'refused',
    because: `malformed parameter query.${name}`,
  });
  const [min, max] = [given('startTimeMin'), given('startTimeMax')];
  if (!min || !max) return { kind: 'refused', because: 'start_time_min and start_time_max are required' };
  const [from, to] = [parseTime(min), parseTime(max)];
  if (from === undefined) return wrong('startTimeMin');
  if (to === undefined) return wrong('startTimeMax');
  const depth = Number(given('searchDepth') ?? usualDepth);
  if (!Number.isInteger(depth) || depth < 1) return wrong('searchDepth');
  const [least, most] = [given('durationMin'), given('durationMax')].map((one) => parseDuration(one));
  if (least === undefined) return wrong('durationMin');
  if (most === undefined) return wrong('durationMax');
  const attributes = parseAttributes(params.get('query.attributes'));
  if (!attributes) return wrong('attributes');
  if (params.has('query.filter')) return { kind: 'refused', because: 'structured filters are not enabled' };
  const [service, operation] = [given('serviceName'), given('operationName')];
  const fits = (span: RequestSpan) =>
    (!service || span.service === service) &&
    (!operation || span.operation === operation) &&
    span.start >= from &&
    span.start < to &&
    span.end - span.start >= (least ?? 0) &&
    span.end - span.start <= (most ?? Number.POSITIVE_INFINITY) &&
    Object.entries(attributes).every(([name, value]) => attributesOf(span)[name] === value);
  return { kind: 'query', from, to, depth: Math.min(depth, mostDepth), fits };
}

function parseTime(given: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(given)
    ? Date.parse(given)
    : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** The milliseconds of a duration as Go writes it; null when none is given, undefined when it is none. */
function parseDuration(given: string | null): number | null | undefined {
  if (given === null) return null;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(given)) return undefined;
  const parts = given.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0);
}

function parseAttributes(given: string | null): Record<string, unknown> | undefined {
  try {
    const read = JSON.parse(given ?? '{}');
    return typeof read === 'object' && read !== null ? read : undefined;
  } catch {
    return undefined;
  }
}

/** The newest traces first; one that has not ended yet is not there yet. */
function find({ from, to, depth, fits }: Query, world: World, now: Date): RequestSpan[][] {
  const requests = requestsOf(world, now);
  const last = Math.floor(Math.min(to, now.getTime()) / requests.every);
  const first = Math.max(Math.floor((from - longest) / requests.every), last - mostSearched);
  const found: RequestSpan[][] = [];
  for (let nth = last; nth >= first && found.length < depth; nth--) {
    const spans = requests.at(nth);
    const ended = spans.every(({ end }) => end <= now.getTime());
    if (ended && spans.some(fits)) found.push(spans);
  }
  return found;
}

/** In the form of OTLP: the spans of one instance of one service together. */
function told(spans: RequestSpan[]) {
  const apart = Map.groupBy(spans, ({ service, instance, version }) => `${service} ${instance} ${version}`);
  const resourceSpans = [...apart.values()].map((own) => ({
    resource: { attributes: keyed(resourceOf(own[0])) },
    scopeSpans: [{ scope: { name: 'fernwood' }, spans: own.map(spanOf) }],
  }));
  return { resourceSpans };
}

function spanOf(one: RequestSpan) {
  const { trace, span, parent, operation, kind, start, end, failed: isFailed, attributes, exception } = one;
  const thrown = exception && { 'exception.type': exception.type, 'exception.message': exception.message };
  return {
    traceId: trace,
    spanId: span,
    ...(parent && { parentSpanId: parent }),
    name: operation,
    kind: kind === 'server' ? 2 : 3,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: keyed(attributes),
    ...(thrown && {
      events: [{ timeUnixNano: nanoseconds(end), name: 'exception', attributes: keyed(thrown) }],
    }),
    status: isFailed ? { code: 2, ...(exception && { message: exception.message }) } : {},
  };
}

function resourceOf(one: RequestSpan | undefined): Record<string, string> {
  const { service = '', instance = '', version = '' } = one ?? {};
  return { 'service.name': service, 'service.version': version, 'host.name': instance };
}

function attributesOf(one: RequestSpan): Record<string, string> {
  return { ...resourceOf(one), ...one.attributes, ...(one.failed && { error: 'true' }) };
}

function keyed(attributes: Record<string, string>) {
  return Object.entries(attributes).map(([key, value]) => {
    return { key, value: /^\d+$/.test(value) ? { intValue: value } : { stringValue: value } };
  });
}

function nanoseconds(at: number): string {
  return String(BigInt(Math.floor(at)) * 1_000_000n + BigInt(Math.floor((at % 1) * 1_000_000)));
}
