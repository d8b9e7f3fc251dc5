import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Receiver, ReceiverEvent } from '@slack/bolt';
import { type Log, say } from './client.ts';
import type { Deliveries } from './receive.ts';
import { readSigned } from './signed.ts';

interface Site {
  signingSecret: string;
  log: Log;
  now(): Date;
  /** Told of every request that is turned away, in words that repeat nothing of it. */
  refused(because: string): void;
}

/** Slack over HTTP: what the one port hands in at `POST /slack/events`. */
export interface HttpReceiver extends Receiver {
  /** Takes one request and answers it in every case. Never throws. */
  take(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Signed requests instead of a socket; each goes `through` the same as a socket's deliveries. */
export function openHttpReceiver(site: Site, deliveries: Deliveries): HttpReceiver {
  let process: ((event: ReceiverEvent) => Promise<void>) | undefined;
  return {
    init: (app) => {
      process = deliveries.through((event) => app.processEvent(event));
    },
    start: async () => {},
    stop: async () => {},
    take: (request, response) =>
      take(site, deliveries.finishing() ? undefined : process, request, response).catch((error) => {
        site.log.warn(`A request at Slack's door broke off: ${say(error)}`);
        request.destroy();
      }),
  };
}

type Process = (event: ReceiverEvent) => Promise<void>;

async function take(
  site: Site,
  process: Process | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const read = await readSigned(request, { signingSecret: site.signingSecret, now: site.now() });
  if (read.kind === 'refused') {
    if (read.status !== 405) site.refused(read.because);
    return turnAway(request, response, read);
  }
  if (read.kind === 'nothing') return answer(response, 200);
  const { body } = read;
  if (body.type === 'url_verification' && typeof body.challenge === 'string')
    return answer(response, 200, { challenge: body.challenge });
  if (!process) return later(response);
  await deliver(site, process, request, response, body);
}

/** Slack's acknowledgement is the answer: nothing is sent before the handlers committed. */
async function deliver(
  { log, refused }: Site,
  process: Process,
  request: IncomingMessage,
  response: ServerResponse,
  body: Record<string, unknown>,
): Promise<void> {
  const ack = async (given?: unknown) => answer(response, 200, given);
  try {
    await process({ body, ...retryOf(request), ack });
  } catch (error) {
    log.error(`A delivery from Slack was not acknowledged, because its handling failed: ${say(error)}`);
    return answer(response, 500, { error: 'Roster could not take this: send it again.' });
  }
  if (response.headersSent) return;
  refused('nothing here takes such a delivery');
  answer(response, 400, { error: 'Nothing here takes such a delivery.' });
}

function retryOf({ headers }: IncomingMessage): Pick<ReceiverEvent, 'retryNum' | 'retryReason'> {
  const number = Number(headers['x-slack-retry-num']);
  const reason = headers['x-slack-retry-reason'];
  return {
    ...(Number.isInteger(number) && { retryNum: number }),
    ...(typeof reason === 'string' && { retryReason: reason }),
  };
}

function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  { status, because }: { status: number; because: string },
): void {
  if (status === 405) response.setHeader('allow', 'POST');
  if (status === 413) {
    // What still comes is thrown away, for as long as the answer may need to be read.
    response.setHeader('connection', 'close');
    request.resume();
    setTimeout(() => request.destroy(), 1_000).unref();
  }
  answer(response, status, { error: `Refused: ${because}.` });
}

function later(response: ServerResponse): void {
  response.setHeader('retry-after', '10');
  answer(response, 503, { error: 'Roster is starting or stopping: send it again.' });
}

/** Once: the first answer stands. */
function answer(response: ServerResponse, status: number, given?: unknown): void {
  if (response.headersSent || response.destroyed) return;
  if (given === undefined || given === '') return void response.writeHead(status).end();
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  const type = typeof given === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type }).end(text);
}
