import { type Answer, json, type Request, text } from './http.ts';
import { parseDuration, parseQuery, type Query } from './promql.ts';
import { began, reader } from './reading.ts';
import { matches } from './selector.ts';
import { type Series, seriesOf } from './series.ts';
import type { World } from './world.ts';

const mostPoints = 11_000;
/** How long after its last sample Prometheus still shows a series, in milliseconds. */
const lookback = 300_000;

const notPositive = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
const tooMany =
  'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)';

type Times = { kind: 'times'; times: number[] } | { kind: 'refused'; because: string };

/** The company's Prometheus: instant and range queries of its HTTP API. */
export function answerPrometheus(request: Request, world: World, now: Date): Answer {
  const { method, path, params } = request;
  if (path === '/-/healthy') return text(200, 'Prometheus Server is Healthy.\n');
  if (path !== '/api/v1/query' && path !== '/api/v1/query_range') return text(404, '404 page not found\n');
  if (method !== 'GET' && method !== 'POST') return text(405, 'Method Not Allowed\n');
  const times = path === '/api/v1/query' ? instant(params, now) : range(params, now);
  if (times.kind === 'refused') return refused(times.because);
  const query = parseQuery(params.get('query') ?? '');
  if (query.kind === 'refused') return refused(query.because);
  const read = times.times.length > 0 ? evaluate(query, world, times.times) : [];
  return path === '/api/v1/query' ? vector(read) : matrix(read);
}

interface Read {
  metric: Record<string, string>;
  values: [number, string][];
}

function evaluate(query: Query, world: World, times: number[]): Read[] {
  const asked = times.filter((at) => at - (query.rateOver ?? 0) >= began);
  return answersTo(query, world).map(({ metric, value }) => {
    return { metric, values: asked.map((at) => [at / 1000, String(value(at))]) };
  });
}

/** What a query finds, each with its value at any unix millisecond since `began`. */
export function answersTo(
  query: Query,
  world: World,
): { metric: Record<string, string>; value(at: number): number }[] {
  const all = allSeries(world).filter(({ labels }) => matches(labels, query.labels));
  return all.map((series) => ({ metric: named(series, query), value: reads(series, query, world) }));
}

/** The same for every question: made once of a company. */
const made = new WeakMap<World['inventory'], Map<number, Series[]>>();

function allSeries({ inventory, seed }: World): Series[] {
  const bySeed = made.get(inventory) ?? new Map<number, Series[]>();
  made.set(inventory, bySeed);
  const all = bySeed.get(seed) ?? seriesOf(inventory, seed);
  bySeed.set(seed, all);
  return all;
}

function reads(series: Series, { rateOver, untilThen }: Query, world: World): (at: number) => number {
  const read = reader(series, world);
  if (series.ends) return untilThen ? read : (at) => at / 1000 + read(at);
  if (untilThen) return (at) => read(at) - at / 1000;
  return rateOver ? (at) => ((read(at) - read(at - rateOver)) / rateOver) * 1000 : read;
}

function named({ labels }: Series, { rateOver, untilThen }: Query): Record<string, string> {
  const { __name__, ...rest } = labels;
  return rateOver || untilThen ? rest : labels;
}

function vector(read: Read[]): Answer {
  const result = read.flatMap(({ metric, values: [value] }) => (value ? [{ metric, value }] : []));
  return json(200, { status: 'success', data: { resultType: 'vector', result } });
}

function matrix(read: Read[]): Answer {
  const result = read.filter(({ values }) => values.length > 0);
  return json(200, { status: 'success', data: { resultType: 'matrix', result } });
}

function refused(error: string): Answer {
  return json(400, { status: 'error', errorType: 'bad_data', error });
}

function instant(params: URLSearchParams, now: Date): Times {
  const given = params.get('time') ?? String(now.getTime() / 1000);
  const at = parseTime(given);
  if (at === undefined)
    return no('time', `Invalid time value for 'time': cannot parse "${given}" to a valid timestamp`);
  const seen = at >= began && at <= now.getTime() + lookback;
  return { kind: 'times', times: seen ? [Math.min(at, now.getTime())] : [] };
}

function range(params: URLSearchParams, now: Date): Times {
  const [start, end] = [parseTime(params.get('start') ?? ''), parseTime(params.get('end') ?? '')];
  if (start === undefined)
    return no('start', `cannot parse "${params.get('start') ?? ''}" to a valid timestamp`);
  if (end === undefined) return no('end', `cannot parse "${params.get('end') ?? ''}" to a valid timestamp`);
  if (end < start) return no('end', 'end timestamp must not be before start time');
  const given = params.get('step') ?? '';
  const step = /^[+-]?\d*\.?\d+$/.test(given) ? Number(given) * 1000 : parseDuration(given);
  if (step === undefined) return no('step', `cannot parse "${given}" to a valid duration`);
  if (step <= 0) return no('step', notPositive);
  if ((end - start) / step > mostPoints) return { kind: 'refused', because: tooMany };
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, nth) => start + nth * step);
  return { kind: 'times', times: times.filter((at) => at >= began && at <= now.getTime()) };
}

/** Unix milliseconds of unix seconds or RFC 3339, or undefined. */
function parseTime(given: string): number | undefined {
  if (/^[+-]?\d+(\.\d+)?$/.test(given)) return Math.round(Number(given) * 1000);
  const at = /^\d{4}-\d\d-\d\dT/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

function no(parameter: string, says: string): Times {
  return { kind: 'refused', because: `invalid parameter "${parameter}": ${says}` };
}
