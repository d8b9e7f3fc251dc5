import { binomialDistribution, medianSorted, quantileSorted, sum } from 'simple-statistics';
import type { Jaeger, Span } from '../../systems/jaeger/read.ts';
import { amount } from '../amount.ts';

/** One operation of one service that fails or is slow now. */
export interface Trouble {
  service: string;
  operation: string;
  /** How many failed of how many that were seen. */
  failed: number;
  seen: number;
  /** The 95th percentile of its duration in milliseconds, and before; NaN when nothing was seen then. */
  p95: number;
  before: number;
  /** How many spans wait for it: the deepest failed first. */
  depth: number;
  /** The server that all of it is on, when the operation runs on others as well. */
  only: string | undefined;
  /** What was thrown, by the newest that threw. */
  thrown: string | undefined;
}

export interface FoundTraces {
  troubles: Trouble[];
  /** How many spans were looked at. */
  seen: number;
}

const hour = 3_600_000;
const mostTraces = 100;

/** What fails and what is slow in the requests through these services from `from` to `now`, beside the hour before. Throws `SystemFailed`. */
export async function troubledSpans(
  jaeger: Jaeger,
  services: string[],
  from: Date,
  now: Date,
): Promise<FoundTraces> {
  const read = async (begin: Date, end: Date) => {
    const asked = services.map((service) => jaeger.findSpans(service, begin, end, mostTraces));
    return distinct((await Promise.all(asked)).flat());
  };
  const [spans, before] = await Promise.all([read(from, now), read(new Date(from.getTime() - hour), from)]);
  return { troubles: troubles(spans, before), seen: spans.length };
}

/** A request through two of the services is found twice. */
function distinct(spans: Span[]): Span[] {
  return [...new Map(spans.map((one) => [`${one.trace} ${one.span}`, one])).values()];
}

/** The operations that fail or are slow, beside what they did before: those that fail first, the deepest first. Pure. */
export function troubles(spans: Span[], before: Span[]): Trouble[] {
  const earlier = byOperation(before);
  const depths = depthsOf(spans);
  const found = [...byOperation(spans)].flatMap(([key, now]) =>
    troubleIn(now, earlier.get(key) ?? [], depths),
  );
  const fails = ({ failed }: Trouble) => Number(failed > 0);
  return found.sort((a, b) => fails(b) - fails(a) || b.depth - a.depth || b.failed - a.failed);
}

/** A span that only stands for another's answer says nothing that the other does not. */
function byOperation(spans: Span[]): Map<string, Span[]> {
  const answered = new Set(spans.map(({ trace, parent }) => `${trace} ${parent}`));
  const asks = ({ kind, trace, span }: Span) =>
    (kind === 'client' || kind === 'producer') && answered.has(`${trace} ${span}`);
  return Map.groupBy(
    spans.filter((one) => !asks(one)),
    ({ service, operation }) => `${service} ${operation}`,
  );
}

const leastFailed = 2;
const leastSeen = 5;
/** So many failures are told that chance alone would make as many this rarely. */
const rarely = 0.01;

/** Whether more fail than chance explains, given how many did before: the tail of a binomial distribution. */
function failsMore(failed: number, seen: number, before: Span[]): boolean {
  const usual = (before.filter(({ error }) => error).length + 0.5) / (before.length + 10);
  const fewer = binomialDistribution(seen, usual)?.slice(0, failed) ?? [];
  return failed >= leastFailed && 1 - sum(fewer) < rarely;
}

function troubleIn(now: Span[], before: Span[], depths: Map<string, number>): Trouble[] {
  const failing = now.filter(({ error }) => error);
  const fails = failsMore(failing.length, now.length, before);
  const [times, timesBefore] = [timesOf(now), timesOf(before)];
  const comparable = now.length >= leastSeen && before.length >= leastSeen;
  const slow =
    comparable && (times.p95 >= 1.5 * timesBefore.p95 || times.median >= 1.25 * timesBefore.median);
  const [first] = now;
  if (!first || (!fails && !slow)) return [];
  const worst = fails ? failing : now.filter(({ durationMs }) => durationMs > timesBefore.p95);
  const thrown = failing.toSorted((a, b) => b.start.getTime() - a.start.getTime()).map(thrownIn);
  return [
    {
      service: first.service,
      operation: first.operation,
      failed: fails ? failing.length : 0,
      seen: now.length,
      p95: times.p95,
      before: timesBefore.p95,
      depth: Math.max(
        ...(worst.length > 0 ? worst : now).map((one) => depths.get(`${one.trace} ${one.span}`) ?? 0),
      ),
      only: onlyAt(worst, now),
      thrown: fails ? thrown.find((one) => one !== undefined) : undefined,
    },
  ];
}

function timesOf(spans: Span[]): { p95: number; median: number } {
  if (spans.length === 0) return { p95: Number.NaN, median: Number.NaN };
  const sorted = spans.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  return { p95: quantileSorted(sorted, 0.95), median: medianSorted(sorted) };
}

/** How many spans of its trace stand above each, by trace and span. */
function depthsOf(spans: Span[]): Map<string, number> {
  const parents = new Map(spans.map((one) => [`${one.trace} ${one.span}`, `${one.trace} ${one.parent}`]));
  const depthOf = (key: string, seen = 0): number => {
    const parent = parents.get(key);
    // A trace that goes in a circle is broken; it ends somewhere all the same.
    return parent === undefined || !parents.has(parent) || seen > 100 ? seen : depthOf(parent, seen + 1);
  };
  return new Map([...parents.keys()].map((key) => [key, depthOf(key)]));
}

function onlyAt(worst: Span[], all: Span[]): string | undefined {
  if (worst.length < leastFailed) return undefined;
  const places = new Set(all.map(placeOf));
  const [place] = [...Map.groupBy(worst, placeOf)].filter(([, own]) => own.length >= 0.9 * worst.length);
  return places.size > 1 ? place?.[0] : undefined;
}

function placeOf({ attributes }: Span): string | undefined {
  return attributes['host.name'] ?? attributes['k8s.pod.name'] ?? attributes['service.instance.id'];
}

function thrownIn({ attributes }: Span): string | undefined {
  const { 'exception.type': type, 'exception.message': message } = attributes;
  const text = message && type && !message.startsWith(type) ? `${type}: ${message}` : (message ?? type);
  return text?.replace(/\s+/g, ' ').slice(0, 140);
}

const most = 5;

/** The troubles as sentences for people. */
export function traceLines(found: Trouble[]): string[] {
  const told = found.slice(0, most).map((one) => {
    const { service, operation, failed, seen, p95, before, only, thrown } = one;
    const where = only ? ` on ${only}` : '';
    const failing =
      failed > 0 ? `${failed} of ${seen} failed${where}${thrown ? ` (${thrown})` : ''}` : undefined;
    const slow = failing ? '' : `slow${where} (${seen} seen), `;
    const then = Number.isFinite(before) ? `was ${amount(before / 1_000, 's')}` : 'was not seen';
    const times = `${slow}p95 ${amount(p95 / 1_000, 's')}, ${then} in the hour before`;
    return `${service} ${operation}: ${[failing, times].filter(Boolean).join('; ')}`;
  });
  const more = found.length - told.length;
  return more > 0 ? [...told, `and ${more} more operations`] : told;
}
