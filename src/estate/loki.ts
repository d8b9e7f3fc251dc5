import { type Answer, json, type Request, text } from './http.ts';
import { type Line, type Stream, streams } from './lines.ts';
import { anyString, braces, matches, parseMatchers, unquoted } from './selector.ts';
import type { World } from './world.ts';

interface Query {
  kind: 'query';
  labels: Record<string, string>;
  holding: string[];
}

type Refusal = { kind: 'refused'; because: string };
type Range = { kind: 'range'; from: number; to: number; limit: number; forward: boolean };

const query = new RegExp(`^\\s*(${braces})((?:\\s*\\|=\\s*(?:${anyString}))*)\\s*$`);
const hour = 3_600_000;
const longest = 721 * hour;
const mostLines = 5_000;

/** The company's Loki: log lines of a range. Errors are plain text, as Loki's are. */
export function answerLoki(request: Request, world: World, now: Date): Answer {
  const { method, path, params } = request;
  if (path === '/ready') return text(200, 'ready\n');
  if (path !== '/loki/api/v1/query_range') return text(404, '404 page not found\n');
  if (method !== 'GET' && method !== 'POST') return text(405, 'Method Not Allowed\n');
  const asked = parseLogql(params.get('query') ?? '');
  if (asked.kind === 'refused') return text(400, asked.because);
  const range = parseRange(params, now);
  if (range.kind === 'refused') return text(400, range.because);
  return found(asked, range, streams(world));
}

/** Reads `{label="value", …}` with any number of `|= "text"` after it. */
function parseLogql(source: string): Query | Refusal {
  const [, selector, filters = ''] = query.exec(source) ?? [];
  if (!selector)
    return syntax(
      1,
      source.trim()
        ? 'syntax error: a stream selector and |= filters only are known here'
        : 'syntax error: unexpected $end',
    );
  const matchers = parseMatchers(selector, source.indexOf(selector));
  if (matchers.kind === 'wrong') return syntax(matchers.at, `syntax error: ${matchers.says}`);
  if (Object.values(matchers.labels).every((value) => value === '')) {
    return {
      kind: 'refused',
      because:
        'parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value',
    };
  }
  const holding = [...filters.matchAll(new RegExp(anyString, 'g'))].map(([one]) => unquoted(one));
  return { kind: 'query', labels: matchers.labels, holding };
}

function syntax(at: number, says: string): Refusal {
  return { kind: 'refused', because: `parse error at line 1, col ${at}: ${says}` };
}

function parseRange(params: URLSearchParams, now: Date): Range | Refusal {
  const to = parseTime(params.get('end'), now.getTime());
  const from = parseTime(params.get('start'), (to ?? 0) - hour);
  const limit = Number(params.get('limit') ?? 100);
  const direction = (params.get('direction') ?? 'backward').toLowerCase();
  if (from === undefined || to === undefined)
    return {
      kind: 'refused',
      because: `could not parse '${from === undefined ? 'start' : 'end'}' parameter`,
    };
  if (to < from)
    return { kind: 'refused', because: 'end timestamp must not be before or equal to start time' };
  if (!Number.isInteger(limit) || limit <= 0)
    return { kind: 'refused', because: 'limit must be a positive value' };
  if (limit > mostLines)
    return {
      kind: 'refused',
      because: `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${mostLines})`,
    };
  if (to - from > longest)
    return {
      kind: 'refused',
      because: `the query time range exceeds the limit (query length: ${Math.round((to - from) / hour)}h0m0s, limit: 30d1h)`,
    };
  if (!['forward', 'backward'].includes(direction))
    return { kind: 'refused', because: `invalid direction '${direction}'` };
  return {
    kind: 'range',
    from,
    to: Math.min(to, now.getTime() + 1),
    limit,
    forward: direction === 'forward',
  };
}

/** Unix milliseconds of nanoseconds, seconds or RFC 3339, or undefined. */
function parseTime(given: string | null, otherwise: number): number | undefined {
  if (given === null) return otherwise;
  if (/^\d+$/.test(given)) return given.length <= 10 ? Number(given) * 1000 : Number(given) / 1e6;
  if (/^\d+\.\d+$/.test(given)) return Number(given) * 1000;
  const at = Date.parse(given);
  return Number.isNaN(at) ? undefined : at;
}

function found({ labels, holding }: Query, range: Range, all: Stream[]): Answer {
  const lines = all
    .filter((stream) => matches(stream.labels, labels))
    .flatMap((stream) => lastOf(stream, holding, range).map((line) => ({ stream: stream.labels, ...line })));
  lines.sort((a, b) => (range.forward ? a.at - b.at : b.at - a.at));
  const grouped = Map.groupBy(lines.slice(0, range.limit), ({ stream }) => JSON.stringify(stream));
  const result = [...grouped.values()].map((group) => ({
    stream: group[0]?.stream,
    values: group.map(({ at, text }) => [nanoseconds(at), text]),
  }));
  return json(200, { status: 'success', data: { resultType: 'streams', result, stats: {} } });
}

function lastOf(stream: Stream, holding: string[], { from, to, limit, forward }: Range): Line[] {
  const lines: Line[] = [];
  for (const line of stream.newest(from, to)) {
    if (!holding.every((part) => line.text.includes(part))) continue;
    lines.push(line);
    if (!forward && lines.length === limit) break;
  }
  return lines;
}

function nanoseconds(at: number): string {
  return String(BigInt(Math.floor(at)) * 1_000_000n + BigInt(Math.floor((at % 1) * 1_000_000)));
}
