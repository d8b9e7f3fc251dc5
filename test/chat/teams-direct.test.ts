import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { show, subjectAt } from '../../src/chat/show.ts';
import { joinSurfaces, Unreachable } from '../../src/chat/surface.ts';
import { openTeamsSurface } from '../../src/chat/teams/send.ts';
import { keepReference, setInstalled } from '../../src/chat/teams/store.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';
import { activity, alone, bot, maria, ops, posted } from '../wire/teams-activity.ts';
import { registration } from '../wire/teams-keys.ts';
import { cardWith, teamsSpeech } from './cards.ts';
import { type OpenDoor, openDoor } from './teams-opened.ts';
import { group, type OpenSender, openSender } from './teams-sender.ts';

const card = cardWith({ title: 'Your week' });
const edited = cardWith({ tone: 'good', title: 'Your week, again' });
const account = `teams:${maria.aadObjectId}`;
const place = `teams:@${maria.aadObjectId}`;
const chat = 'a:1maria';
const dan = { id: '29:1dan', aadObjectId: '00000000-0000-4000-8000-000000000102', name: 'Dan' };

let database: Database;
let sender: OpenSender;
let api: OpenSender['api'];
let surface: OpenSender['surface'];
let log: OpenSender['log'];
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());
beforeEach(async () => {
  sender = await openSender(database);
  ({ api, surface, log } = sender);
  return () => api.close();
});

const own = () => ({ serviceUrl: api.serviceUrl, tenant: registration.tenantId, bot: bot.id });
/** Somebody has written to the app in the chat with it. */
const spoke = (who = account, id = chat) =>
  keepReference(database.db, { id, kind: 'chat', team: null, ...own() }, who);
const has = (members = [maria], conversation = chat) =>
  api.alone.set(maria.aadObjectId, { conversation, members });
const paths = () => api.calls.map(({ method, path }) => `${method} ${path.replace('/v3/conversations', '')}`);
const postsTo = () => paths().filter((one) => one.endsWith('/activities'));

describe('one person is told something alone in Teams', () => {
  test('in the chat they have with the app: posted and edited, without a link', async () => {
    await spoke();
    has();
    api.chats.add(chat);
    const posted = await surface.post({ place }, card, 'm');
    expect(posted).toEqual({ message: expect.any(String) });
    expect(await surface.edit(place, posted.message, edited, 'm')).toEqual({ kind: 'edited' });
    expect(sender.titles(chat)).toEqual(['✅ Your week, again']);
    expect(paths()).toEqual([`POST /${chat}/activities`, `PUT /${chat}/activities/${posted.message}`]);
  });

  test('in a chat that is made when they have the app and never spoke; once', async () => {
    has();
    await surface.post({ place }, card, 'm');
    await surface.post({ place }, card, 'm');
    expect(sender.titles(chat)).toHaveLength(2);
    expect(paths()).toEqual([
      'POST ',
      `GET /${chat}/members`,
      `POST /${chat}/activities`,
      `POST /${chat}/activities`,
    ]);
    expect(api.calls[0]?.body).toMatchObject({
      isGroup: false,
      bot: { id: bot.id },
      members: [{ id: maria.aadObjectId }],
      tenantId: registration.tenantId,
    });
  });

  test('what is pressed there is known by the chat’s own id as well, to that person alone', async () => {
    has();
    const view = { part: 'digest', place, card };
    await show({ db: database.db, surface: joinSurfaces({ teams: surface }) }, 'x:1', [view]);
    const [{ id: message = '' } = {}] = api.messages(chat);
    const at = (who?: string) => subjectAt(database.db, `teams:${chat}`, message, who);
    expect(await at(account)).toEqual({ subject: 'x:1', part: 'digest', place });
    expect(await at(`teams:${dan.aadObjectId}`)).toBeUndefined();
    expect(await at()).toBeUndefined();
    expect(await subjectAt(database.db, `teams:${group}`, message, account)).toBeUndefined();
  });

  test('a rate limit is waited out', async () => {
    has();
    api.troubles.push({ status: 429, headers: { 'retry-after': '1' } });
    await surface.post({ place }, card, 'm');
    expect(sender.titles(chat)).toHaveLength(1);
  });

  test('an outage is the job’s to retry', async () => {
    has();
    api.troubles.push({ status: 502 });
    expect(await surface.post({ place }, card, 'm').catch((error) => error)).not.toBeInstanceOf(Unreachable);
    await surface.post({ place }, card, 'm');
    expect(sender.titles(chat)).toHaveLength(1);
  });
});

describe('a direct conversation in Teams that cannot be had', () => {
  const cases: [why: string, given: () => Promise<unknown> | unknown, says: RegExp][] = [
    ['they have not the app', () => {}, /^Roster has no chat in Teams with .* opens Roster under Apps once/],
    [
      'they removed it',
      () => spoke().then(() => setInstalled(database.db, chat, false)),
      /opens Roster under/,
    ],
    ['they blocked it', () => spoke(), /opens Roster under Apps once/],
    [
      'nothing is known of the tenant',
      () => sql`truncate teams_conversation`.execute(database.db),
      /opens Roster under Apps once/,
    ],
    [
      'no tenant is known',
      () => sql`update teams_conversation set tenant = null`.execute(database.db),
      /opens Roster under Apps once/,
    ],
    ['it is somebody else’s', () => has([dan]), /^Teams gave another conversation/],
    ['somebody else is in it', () => has([maria, dan]), /^Teams gave another conversation/],
    ['nobody is in it', () => has([]), /^Teams gave another conversation/],
    ['it is a channel', () => has([maria], ops), /^Teams gave another conversation/],
    [
      'somebody else has acted in it',
      () => spoke(`teams:${dan.aadObjectId}`).then(() => has()),
      /^Teams gave another conversation/,
    ],
  ];
  test.each(cases)('%s: said once, nothing is posted, the others are told', async (_, given, says) => {
    await given();
    const views = [place, `teams:${group}`].map((at) => ({ part: 'note', place: at, card }));
    const shown = () =>
      show(
        { db: database.db, surface: joinSurfaces({ teams: surface }), log },
        `x:${crypto.randomUUID()}`,
        views,
      );
    const { rows } = await sql`select 1 from teams_conversation`.execute(database.db);
    await shown();
    await shown();
    expect(api.messages(ops)).toEqual([]);
    expect(api.messages(chat)).toEqual([]);
    expect(sender.titles(group)).toHaveLength(rows.length > 0 ? 2 : 0);
    const said = log.lines.filter((line) => line.includes(place)).map((line) => line.replace('warn: ', ''));
    expect(said).toEqual([expect.stringMatching(says)]);
    await expect(surface.post({ place }, card, 'm')).rejects.toThrow(says);
    await expect(surface.post({ place }, card, 'm')).rejects.toThrow(Unreachable);
  });

  test.each([
    ...['teams:@', 'teams:@maria', `teams:@${ops}`, `teams:@${maria.id}`, 'teams:@a:1maria'],
    ...[`teams:@${maria.aadObjectId},${dan.aadObjectId}`, `teams:@${maria.aadObjectId}/activities`],
    ...[`teams:@${maria.aadObjectId}\n`, `teams:@@${maria.aadObjectId}`],
  ])('%j is nobody: nothing is asked and nothing is posted', async (malformed) => {
    has();
    await spoke();
    await expect(surface.post({ place: malformed }, card, 'm')).rejects.toThrow(/is nobody's chat in Teams/);
    await expect(surface.edit(malformed, '1', card, 'm')).rejects.toThrow(Unreachable);
    expect(api.calls).toEqual([]);
  });

  test('nobody’s chat becomes another’s', async () => {
    await spoke(`teams:${dan.aadObjectId}`);
    await spoke(account);
    await expect(surface.post({ place }, card, 'm')).rejects.toThrow(Unreachable);
    expect(postsTo()).toEqual([]);
  });
});

describe('whose chat it is', () => {
  const install = { type: 'installationUpdate', action: 'add' };
  const inGroup = { ...alone.conversation, conversationType: 'groupChat', id: group };
  const said: [what: string, changed: Record<string, unknown>, theirs: boolean][] = [
    ['they wrote in it', alone, true],
    ['they pressed something in it', { ...alone, type: 'invoke', name: 'x', text: undefined }, true],
    ['somebody installed the app for them', { ...alone, ...install }, false],
    ['they wrote in a channel', {}, false],
    ['they wrote in a group', { ...alone, conversation: inGroup }, false],
    ['an app wrote in it', { ...alone, from: { ...maria, id: '28:other' } }, false],
    ['an account without a directory id wrote', { ...alone, from: { id: '29:1maria' } }, false],
  ];
  let door: OpenDoor;
  beforeAll(async () => {
    door = await openDoor(await openEmbeddedTest());
  });
  afterAll(() => door.close());
  beforeEach(async () => {
    await sql`truncate teams_conversation, teams_member`.execute(door.db);
  });

  test.each(said)('%s: theirs is %o', async (_, changed, theirs) => {
    await door.send(posted(activity(door.api.serviceUrl, changed)));
    const before = door.api.messages(chat).length;
    const told = openTeamsSurface({ ...door, speech: teamsSpeech });
    const outcome = await told.post({ place }, card, 'm').catch((error) => error);
    expect(outcome instanceof Unreachable).toBe(!theirs);
    expect(door.api.messages(chat)).toHaveLength(before + (theirs ? 1 : 0));
    for (const other of [ops, group]) expect(door.api.messages(other)).toEqual([]);
  });
});
