import { sql } from 'kysely';
import type { Card } from '../../src/chat/card.ts';
import type { Handlers, Reply } from '../../src/chat/door.ts';
import { connect } from '../../src/chat/teams/connect.ts';
import { openTeamsDoor } from '../../src/chat/teams/door.ts';
import { openMembers } from '../../src/chat/teams/members.ts';
import { listen } from '../../src/listen.ts';
import type { Database } from '../../src/postgres/database.ts';
import { freePort } from '../wire/port.ts';
import { bot, chat, ops } from '../wire/teams-activity.ts';
import { haveToken, openTeamsApi } from '../wire/teams-api.ts';
import { registration } from '../wire/teams-keys.ts';
import { cardWith, teamsSpeech } from './cards.ts';
import { openLog } from './trial-slack.ts';

/** Handlers that keep what came, answer as told, and wait or fail as told. */
function openHandlers() {
  const came: [kind: string, what: object][] = [];
  const told = {
    reply: { kind: 'nothing' } as Reply,
    card: undefined as Card | undefined,
    gate: Promise.resolve(),
    fails: false,
  };
  const take = (kind: string) => async (what: object) => {
    came.push([kind, what]);
    await told.gate;
    if (told.fails) throw new Error('the database at 10.0.0.7 is away');
    return told.reply;
  };
  const handlers: Handlers = {
    heard: async (heard) => void (await take('heard')(heard)),
    pressed: take('pressed'),
    submitted: take('submitted'),
    commanded: take('commanded'),
    welcomed: take('welcomed'),
    home: async () => cardWith({}),
    current: async (at) => {
      came.push(['current', at]);
      return told.card;
    },
    refused: async (account, because) => void came.push(['refused', { account, because }]),
  };
  return { came, told, handlers };
}

/** The door on the product's own port, its platform at the wire, before handlers that keep what came or are given. */
export async function openDoor(database: Database, given: Partial<Handlers> = {}) {
  haveToken();
  const { db } = database;
  const api = await openTeamsApi({ channels: [ops], chats: [chat] });
  const inside = openHandlers();
  const turnedAway: string[] = [];
  const log = openLog();
  const connection = connect({ registration, keysUrl: api.keysUrl });
  const members = openMembers(db);
  const door = openTeamsDoor({
    db,
    connection,
    members,
    handlers: { ...inside.handlers, ...given },
    speech: teamsSpeech,
    tenantId: registration.tenantId,
    turnedAway: (because) => void turnedAway.push(because),
    log,
  });
  const port = await freePort();
  const doors = { '/api/messages': door.take };
  const listening = await listen({
    port,
    host: '127.0.0.1',
    troubles: async () => [],
    operator: {},
    doors: () => doors,
  });
  const send = async (request: RequestInit) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/messages`, request);
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  /** How many rows there are of whom and of where. */
  const kept = async () => {
    const { rows } = await sql<{ places: number; people: number }>`select
      (select count(*)::int from teams_conversation) as places, (select count(*)::int from teams_member) as people`.execute(
      db,
    );
    return rows[0];
  };
  /** What came and what was told: each test begins anew on the same door. */
  const forget = () => {
    Object.assign(inside.told, {
      reply: { kind: 'nothing' },
      card: undefined,
      gate: Promise.resolve(),
      fails: false,
    });
    for (const list of [inside.came, turnedAway, api.calls, log.lines]) list.length = 0;
  };
  const close = async () => {
    await door.stop();
    await listening.close();
    await api.close();
    await database.close();
  };
  return { ...inside, db, api, connection, members, turnedAway, log, door, send, kept, bot, forget, close };
}

export type OpenDoor = Awaited<ReturnType<typeof openDoor>>;
