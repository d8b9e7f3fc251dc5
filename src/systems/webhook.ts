// One request from a system outside: who sent it, how large it is, its JSON; and one answer in every case.
// Not what it says: each system's folder knows its shapes.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What came in, from somebody who knows the token. Never trusted further than that. */
export interface Hook {
  headers: IncomingMessage['headers'];
  body: unknown;
}

/** What became of it; `because` is one of the door's few reasons and is counted, `detail` is for the sender alone. */
export type Taken =
  | { kind: 'taken'; answer: Record<string, number | string> }
  | { kind: 'refused'; because: string; detail?: string };

export interface Doorway {
  /** Undefined: nobody is let in. */
  token: string | undefined;
  mostBytes: number;
  /** Whether a GitHub signature made with the token counts as much as the token itself. */
  signatures: boolean;
  /** Told of every request that is turned away, in words that repeat nothing of it. */
  refused(because: string): void;
  /** Commits before it resolves. */
  take(hook: Hook): Promise<Taken>;
  log: { error(message: string): void };
}

type Read = { kind: 'hook'; hook: Hook } | { kind: 'refused'; status: Status; because: string };
type Status = 400 | 401 | 405 | 413 | 415;

/** Takes one request and answers it in every case: 200 once it is committed, a 4xx with a reason, 500 for "send it again". */
export async function takeHook(
  doorway: Doorway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const read = await readHook(doorway, request);
    if (read.kind === 'refused') {
      if (read.status !== 405) doorway.refused(read.because);
      return turnAway(request, response, read);
    }
    const taken = await doorway.take(read.hook);
    if (taken.kind === 'taken') return answer(response, 200, taken.answer);
    doorway.refused(taken.because);
    const detail = taken.detail === undefined ? '' : `: ${taken.detail}`;
    answer(response, 400, { error: `Refused: ${taken.because}${detail}.` });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    doorway.log.error(`A webhook was not taken, because its handling failed: ${why}`);
    answer(response, 500, { error: 'Roster could not take this: send it again.' });
  }
}

/** Nothing of a request is read before its sender is known, but for a body that is signed as a whole. */
async function readHook({ token, mostBytes, signatures }: Doorway, request: IncomingMessage): Promise<Read> {
  const { method, headers } = request;
  if (method !== 'POST') return refused(405, 'only POST is answered here');
  if (token === undefined) return refused(401, 'WEBHOOK_TOKEN is not set, so nobody is let in');
  const signature = signatures ? headers['x-hub-signature-256'] : undefined;
  const bears = same(headers.authorization?.replace(/^Bearer +/i, ''), token);
  if (!bears && typeof signature !== 'string') return refused(401, 'the bearer token is missing or wrong');
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return refused(415, 'the body is not sent as JSON');
  const bytes = await readBytes(request, mostBytes);
  if (bytes === undefined) return refused(413, `the body is larger than ${mostBytes} bytes`);
  if (!bears && !same(signature as string, signatureOf(bytes, token)))
    return refused(401, 'the signature is wrong');
  try {
    return { kind: 'hook', hook: { headers, body: JSON.parse(bytes.toString('utf8')) } };
  } catch {
    return refused(400, 'the body is not JSON');
  }
}

/** GitHub's `X-Hub-Signature-256`: HMAC-SHA-256 of the body as it was sent, in hexadecimal. */
export function signatureOf(body: Buffer, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Compared by digest, so that neither the place of the first difference nor the length shows in the time it takes. */
function same(given: string | undefined, wanted: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(wanted));
}

/** The body, or undefined when it is larger than allowed: what follows is not kept. */
async function readBytes(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  return await new Promise((done, broken) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > most) done(undefined);
      else pieces.push(piece);
    });
    request.on('end', () => done(Buffer.concat(pieces)));
    request.on('error', broken);
  });
}

function refused(status: Status, because: string): Read {
  return { kind: 'refused', status, because };
}

function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  { status, because }: { status: Status; because: string },
): void {
  if (status === 405) response.setHeader('allow', 'POST');
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  // What still comes is thrown away, for as long as the answer may need to be read.
  response.setHeader('connection', 'close');
  request.resume();
  setTimeout(() => request.destroy(), 1_000).unref();
  answer(response, status, { error: `Refused: ${because}.` });
}

function answer(response: ServerResponse, status: number, given: Record<string, number | string>): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(given)}\n`);
}

/** The first thing wrong in a body, with where it stands: for the sender, who wrote it. */
export function firstWrong(issues: { path: PropertyKey[]; message: string }[]): string {
  const [issue] = issues;
  return `${issue?.path.map(String).join('.') || 'the body'}: ${issue?.message}`.slice(0, 300);
}
