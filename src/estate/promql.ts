import { braces, parseMatchers } from './selector.ts';

/** A selector, the rate of one over a window in milliseconds, or how many seconds it is until the time one tells. */
export interface Query {
  kind: 'query';
  labels: Record<string, string>;
  rateOver?: number;
  untilThen?: true;
}

type Refusal = { kind: 'refused'; because: string };

const selector = `([a-zA-Z_:][\\w:]*)?\\s*(${braces})?`;
const plain = new RegExp(`^\\s*${selector}\\s*(\\[[^\\]]*\\])?\\s*$`);
const rate = new RegExp(`^\\s*rate\\s*\\(\\s*${selector}\\s*(?:\\[([^\\]]*)\\])?\\s*\\)\\s*$`);
const until = new RegExp(`^\\s*${selector}\\s*-\\s*time\\(\\s*\\)\\s*$`);
const units: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Reads what this server knows of PromQL: `name{label="value"}`, `rate(…[5m])` and `… - time()`; the rest is refused in Prometheus' words. */
export function parseQuery(text: string): Query | Refusal {
  if (!text.trim()) return refused('1:1', 'no expression found in input');
  const rated = rate.exec(text);
  if (rated) return ratedQuery(text, rated);
  const left = until.exec(text);
  if (left) {
    const query = selected(text, left[1], left[2]);
    return query.kind === 'query' ? { ...query, untilThen: true } : query;
  }
  const [found, name, labels, window] = plain.exec(text) ?? [];
  if (!found)
    return refused('1:1', `unexpected expression "${text.trim()}": selectors and rate() only are known here`);
  if (window)
    return {
      kind: 'refused',
      because: 'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    };
  return selected(text, name, labels);
}

/** The milliseconds of a duration such as `5m`, `1h30m` or `750ms`, or undefined. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+)(ms|[smhdwy])/g);
  return [...parts].reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0);
}

function ratedQuery(text: string, [, name, labels, window]: RegExpExecArray): Query | Refusal {
  if (window === undefined)
    return refused('1:6', 'expected type range vector in call to function "rate", got instant vector');
  const rateOver = parseDuration(window.trim());
  if (rateOver === undefined)
    return refused(`1:${text.indexOf('[') + 2}`, `bad number or duration syntax: "${window}"`);
  if (rateOver === 0) return refused(`1:${text.indexOf('[') + 2}`, 'duration must be greater than 0');
  const query = selected(text, name, labels);
  return query.kind === 'query' ? { ...query, rateOver } : query;
}

function selected(text: string, name: string | undefined, source: string | undefined): Query | Refusal {
  const matchers = parseMatchers(source ?? '{}', source ? text.indexOf(source) : 0);
  if (matchers.kind === 'wrong') return refused(`1:${matchers.at}`, matchers.says);
  const labels = { ...matchers.labels, ...(name && { __name__: name }) };
  if (Object.values(labels).every((value) => value === ''))
    return refused('1:1', 'vector selector must contain at least one non-empty matcher');
  return { kind: 'query', labels };
}

function refused(where: string, says: string): Refusal {
  return { kind: 'refused', because: `invalid parameter "query": ${where}: parse error: ${says}` };
}
