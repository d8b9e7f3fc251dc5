// One request to a system outside: timeout, credentials, the answer parsed, and failures as one sentence.
// Not a client of anything: each system's folder knows its paths and its shapes.
import type { z } from 'zod';

/** Where a system is and how it lets us in: a bearer token, or a user and password, or neither. */
export interface Access {
  url: string;
  token?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  /** How long one request may take, in milliseconds; 10,000 when not given. */
  timeoutMs?: number | undefined;
}

const usualTimeoutMs = 10_000;

interface Question {
  method?: 'GET' | 'POST' | 'PATCH';
  path: string;
  query?: Record<string, string | number>;
  body?: unknown;
  /** Finds the system's own explanation in the body of an error. */
  explain?: (body: string) => string | undefined;
}

/**
 * A system did not do what was asked. `status` is its HTTP answer, or undefined when none came:
 * then it is not known whether a change was made. The message never holds a credential or a query.
 */
export class SystemFailed extends Error {
  readonly system: string;
  readonly status: number | undefined;
  /** How long it asks to be left alone, in milliseconds; undefined when it did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(
    system: string,
    status: number | undefined,
    message: string,
    { cause, retryAfterMs }: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, { cause });
    this.name = 'SystemFailed';
    this.system = system;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Asks and parses the JSON of a 2xx answer with `shape`. Throws `SystemFailed`, also when the shape is wrong. */
export async function ask<T>(
  system: string,
  access: Access,
  question: Question,
  shape: z.ZodType<T>,
): Promise<T> {
  const { status, text } = await exchange(system, access, question);
  const where = `${system} answered ${asked(question)} with ${status}`;
  const json = parseJson(text);
  if (json === undefined)
    throw new SystemFailed(system, status, `${where} and a body that is not JSON: ${excerpt(text)}`);
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SystemFailed(
    system,
    status,
    `${where} in an unexpected shape: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

/** Asks and returns the text of a 2xx answer. Throws `SystemFailed`. */
export async function askText(system: string, access: Access, question: Question): Promise<string> {
  return (await exchange(system, access, question)).text;
}

/** Asks and hands on the bytes of a 2xx answer as they come. Throws `SystemFailed`, also when they break off. */
export async function* askBytes(
  system: string,
  access: Access,
  question: Question,
): AsyncGenerator<Uint8Array> {
  const response = await begin(access, question).catch((error) => {
    throw unanswered(system, access, question, error);
  });
  try {
    if (response.ok) yield* response.body ?? [];
  } catch (error) {
    throw unanswered(system, access, question, error);
  }
  if (!response.ok) throw refused(system, question, response, await response.text().catch(() => ''));
}

async function exchange(system: string, access: Access, question: Question) {
  const { response, text } = await send(system, access, question);
  if (response.ok) return { status: response.status, text };
  throw refused(system, question, response, text);
}

function refused(system: string, question: Question, response: Response, text: string): SystemFailed {
  const said = response.headers.get('location') ?? question.explain?.(text) ?? excerpt(text);
  const message = `${system} answered ${asked(question)} with ${response.status}: ${said || response.statusText}`;
  const retryAfterMs = askedToWait(response.headers.get('retry-after'));
  return new SystemFailed(system, response.status, message, { retryAfterMs });
}

/** Of the header Retry-After, which is seconds or a date. */
function askedToWait(header: string | null): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

async function send(system: string, access: Access, question: Question) {
  try {
    const response = await begin(access, question);
    return { response, text: await response.text() };
  } catch (error) {
    throw unanswered(system, access, question, error);
  }
}

/** The head of the answer; the time allowed goes on for its body. */
function begin(access: Access, question: Question): Promise<Response> {
  return fetch(address(access, question), {
    method: question.method ?? 'GET',
    headers: headers(access, question),
    body: question.body === undefined ? null : JSON.stringify(question.body),
    // A redirect would drop the credentials or turn a POST into a GET: it is an error to be told, not followed.
    redirect: 'manual',
    signal: AbortSignal.timeout(access.timeoutMs ?? usualTimeoutMs),
  });
}

function unanswered(system: string, access: Access, question: Question, error: unknown): SystemFailed {
  const because = why(error, access.timeoutMs ?? usualTimeoutMs);
  return new SystemFailed(system, undefined, `${system} did not answer ${asked(question)}: ${because}`, {
    cause: error,
  });
}

function address(access: Access, question: Question): URL {
  const url = new URL(access.url.replace(/\/+$/, '') + question.path);
  for (const [name, value] of Object.entries(question.query ?? {})) url.searchParams.set(name, String(value));
  return url;
}

function headers(access: Access, question: Question): Record<string, string> {
  const authorization = credentials(access);
  return {
    ...(authorization && { authorization }),
    ...(question.body !== undefined && { 'content-type': 'application/json' }),
  };
}

function credentials({ token, user, password = '' }: Access): string | undefined {
  if (token) return `Bearer ${token}`;
  return user ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
}

function asked(question: Question): string {
  return `${question.method ?? 'GET'} ${question.path}`;
}

function why(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as { code?: string }).code)
    : error.message;
}

/** The JSON in `text`, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
