import type { IncomingMessage } from 'node:http';

export type Posted =
  | { kind: 'posted'; body: Record<string, unknown> }
  | { kind: 'refused'; status: 400 | 405 | 413 | 415; because: string };

const mostBytes = 262_144;

/** Reads one request's JSON object. Throws only when the connection breaks off. */
export async function readPosted(request: IncomingMessage): Promise<Posted> {
  if (request.method !== 'POST') return refused(405, 'only POST is answered here');
  // A page in a browser can send anything but this without being asked for leave.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return refused(415, 'the body is not sent as application/json');
  const pieces: Buffer[] = [];
  let bytes = 0;
  // Read to its end even when it is too long, so that the answer is heard.
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes <= mostBytes) pieces.push(piece);
  }
  if (bytes > mostBytes) return refused(413, `the body is larger than ${mostBytes} bytes`);
  try {
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    if (typeof body === 'object' && body !== null && !Array.isArray(body))
      return { kind: 'posted', body: body as Record<string, unknown> };
  } catch {
    // Said below, as for anything else that is not an object.
  }
  return refused(400, 'the body is not a JSON object');
}

function refused(status: 400 | 405 | 413 | 415, because: string): Posted {
  return { kind: 'refused', status, because };
}
