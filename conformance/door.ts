// Slack's own door over HTTP, before the answers of a desk, and a Slack that says who its accounts are.
// Not the whole app: a decision needs no worker, no incident and no queue.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openNotes } from '../src/audit/notes.ts';
import { openRefusals } from '../src/audit/refusals.ts';
import { openSlackDoor } from '../src/chat/slack/door.ts';
import { openSlackStandings } from '../src/chat/slack/standing.ts';
import { type Core, doorHandlers } from '../src/handlers.ts';
import { signingSecret } from '../test/chat/slack-signed.ts';
import { openSlackApi } from '../test/wire/slack-api.ts';
import { people, slackSays, team } from './cast.ts';
import type { Desk } from './desk.ts';

export interface Door {
  /** Sends one request and returns the status of its answer. */
  send(request: RequestInit): Promise<number>;
  close(): Promise<void>;
}

export async function openDoor({ gateway }: Desk): Promise<Door> {
  const api = await openSlackApi(({ method, args }) => {
    if (method !== 'users.info') return { body: { ok: true, user_id: 'U1', bot_id: 'B1', team_id: team } };
    const user = slackSays(args.user ?? '');
    if (user === 'silent') return 'hang up';
    return { body: user === 'not found' ? { ok: false, error: 'user_not_found' } : { ok: true, user } };
  });
  const { apiUrl } = api;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const now = () => new Date();
  const refusals = openRefusals(openNotes(gateway.db, gateway.chain), now);
  const standings = openSlackStandings({ botToken: 'xoxb-1', apiUrl, log });
  // All that a decision touches.
  const core = { store: gateway, refusals, people, standings } as Partial<Core> as Core;
  const door = openSlackDoor({
    ...{ botToken: 'xoxb-1', mode: { kind: 'http', signingSecret }, apiUrl, log, now },
    handlers: doorHandlers(core),
    speech: { mention: (person) => person, times: 'utc' },
    turnedAway: () => {},
  });
  await door.start();
  const server = createServer((request, response) => void door.take?.(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  return {
    send: async (request) => {
      const answer = await fetch(url, request);
      await answer.text();
      return answer.status;
    },
    close: async () => {
      await door.stop();
      server.closeAllConnections();
      server.close();
      await refusals.stop();
      await api.close();
    },
  };
}
