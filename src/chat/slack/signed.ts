import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';

interface Judging {
  signingSecret: string;
  now: Date;
}

type Refused = { kind: 'refused'; status: 400 | 401 | 405 | 413; because: string };
type Read =
  | { kind: 'signed'; body: Record<string, unknown> }
  /** Slack looks whether the certificate is good: says nothing and wants nothing. */
  | { kind: 'nothing' }
  | Refused;

const mostBytes = 1_048_576;
const mostMinutesOff = 5;

/**
 * Reads one request and judges whether Slack signed it, no more than five minutes ago. Nothing in it is
 * parsed before the signature holds. Throws only when the connection breaks off.
 */
export async function readSigned(request: IncomingMessage, judging: Judging): Promise<Read> {
  if (request.method !== 'POST') return refused(405, 'only POST is answered here');
  const text = await readText(request);
  if (text === undefined) return refused(413, `the body is larger than ${mostBytes} bytes`);
  if (isCertificateCheck(request, text)) return { kind: 'nothing' };
  const wrong = wrongSignature(request, text, judging);
  if (wrong) return refused(401, wrong);
  const body = parseBody(request, text);
  return body ? { kind: 'signed', body } : refused(400, 'the body cannot be read');
}

function refused(status: Refused['status'], because: string): Refused {
  return { kind: 'refused', status, because };
}

/** The body, or undefined when it is larger than allowed: what follows is not kept. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  return await new Promise((done, broken) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > mostBytes) done(undefined);
      else pieces.push(piece);
    });
    request.on('end', () => done(Buffer.concat(pieces).toString('utf8')));
    request.on('error', broken);
  });
}

/** Why the signature does not hold, in words that repeat nothing of the request; undefined when it does. */
function wrongSignature(
  { headers }: IncomingMessage,
  body: string,
  { signingSecret, now }: Judging,
): string | undefined {
  const signature = headers['x-slack-signature'];
  const stamp = headers['x-slack-request-timestamp'];
  if (typeof signature !== 'string' || typeof stamp !== 'string') return 'the signature is missing';
  if (!/^\d{1,12}$/.test(stamp)) return 'the time of the signature cannot be read';
  // Bolt's verifier refuses what is too old, not what is from the future.
  if (Math.abs(now.getTime() / 1_000 - Number(stamp)) > mostMinutesOff * 60)
    return `the signature is more than ${mostMinutesOff} minutes off`;
  const signed = { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(stamp) };
  const nowMilliseconds = now.getTime();
  return isValidSlackRequest({ signingSecret, body, headers: signed, nowMilliseconds })
    ? undefined
    : 'the signature is wrong';
}

function isCertificateCheck(request: IncomingMessage, text: string): boolean {
  if (!isForm(request) || text.length > 500) return false;
  const fields = parse(text);
  return fields.ssl_check === '1' && Object.keys(fields).every((name) => /^(ssl_check|token)$/.test(name));
}

/** Events come as JSON, commands as a form, clicks and modals as JSON in a form's `payload`. */
function parseBody(request: IncomingMessage, text: string): Record<string, unknown> | undefined {
  try {
    if (!isForm(request)) return objectOf(JSON.parse(text));
    const { payload, ...fields } = parse(text);
    return payload === undefined ? { ...fields } : objectOf(JSON.parse(String(payload)));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function isForm({ headers }: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
}
