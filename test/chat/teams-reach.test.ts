import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { show } from '../../src/chat/show.ts';
import { joinSurfaces, Unreachable } from '../../src/chat/surface.ts';
import { keepMember, setInstalled } from '../../src/chat/teams/store.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';
import { ops } from '../wire/teams-activity.ts';
import { registration } from '../wire/teams-keys.ts';
import { cardWith } from './cards.ts';
import { group, type OpenSender, openSender, place, team } from './teams-sender.ts';

const card = cardWith({ title: 'Checkout is slow' });
const mended = cardWith({ tone: 'good', title: 'Mended' });
const { tenantId } = registration;

let database: Database;
let sender: OpenSender;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());
beforeEach(async () => {
  sender = await openSender(database);
  ({ api, surface, log } = sender);
  return () => api.close();
});
let api: OpenSender['api'];
let surface: OpenSender['surface'];
let log: OpenSender['log'];

const titles = (id: string) => sender.titles(id);
const methods = () => api.calls.map(({ method }) => method);

describe('a place that only a person can open again', () => {
  const view = (where: string, part: string) => ({ part, place: where, card });
  const shown = () =>
    show({ db: database.db, surface: joinSurfaces({ teams: surface }), log }, 'x:1', [
      view(place, 'a'),
      view(place, 'b'),
      view(`teams:${group}`, 'a'),
    ]);
  const closed: [why: string, close: () => Promise<unknown> | unknown, says: RegExp][] = [
    [
      'removed',
      () => setInstalled(database.db, ops, false),
      /^Roster was removed from teams:19:ops@thread\.tacv2 in Teams: install the app there again, or/,
    ],
    [
      'removed with its team',
      () => setInstalled(database.db, team, false).then(() => setInstalled(database.db, group, true)),
      /^Roster was removed from/,
    ],
    [
      'closed to the bot',
      () => api.channels.delete(ops),
      /^Teams does not let Roster into teams:19:ops@thread\.tacv2, or there is no such conversation: install/,
    ],
  ];
  test.each(closed)('%s: said once; the others are shown, and no job tries on', async (_, close, says) => {
    await close();
    expect(await shown()).toEqual({ posted: 1, edited: 0 });
    expect(await shown()).toEqual({ posted: 0, edited: 0 });
    expect(titles(group)).toHaveLength(1);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(new RegExp(`^warn: ${says.source.slice(1)}`)),
    ]);
    await expect(surface.post({ place }, card, 'm')).rejects.toThrow(Unreachable);
  });

  test('is shown what it missed once the app is there again', async () => {
    await setInstalled(database.db, ops, false);
    await shown();
    await setInstalled(database.db, ops, true);
    expect(await shown()).toEqual({ posted: 2, edited: 0 });
    await setInstalled(database.db, ops, false);
    await expect(surface.edit(place, '1', mended, 'm')).rejects.toThrow(/was removed from/);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(2);
  });

  test('where the app was never installed, nothing is reached', async () => {
    await sql`truncate teams_conversation`.execute(database.db);
    await expect(surface.post({ place }, card, 'm')).rejects.toThrow(
      `Roster has not been installed in Teams yet, so ${place} cannot be reached: install the app in that team, or correct manifests/places.yaml.`,
    );
    expect(api.calls).toEqual([]);
  });
});

describe('what somebody is', () => {
  const account = 'teams:00000000-0000-4000-8000-000000000101';
  const standing = async (member: object | undefined) => {
    if (member) api.members.set('29:1maria', member);
    await keepMember(database.db, {
      account,
      member: '29:1maria',
      conversation: ops,
      serviceUrl: api.serviceUrl,
    });
    return await sender.standings.standingOf(account);
  };
  test.each([
    ['a member', { userRole: 'user', tenantId }, 'member'],
    ['a guest', { userRole: 'guest', tenantId }, 'guest'],
    ['anonymous in a meeting', { userRole: 'anonymous' }, 'guest'],
    ['of another tenant', { userRole: 'user', tenantId: 'other' }, 'stranger'],
    ['a bot', { userRole: 'bot', tenantId }, 'bot'],
    ['nobody there any more', undefined, 'deactivated'],
  ])('%s', async (_, member, is) => {
    expect(await standing(member)).toBe(is);
  });

  test('nobody we have seen: not known, and nobody is asked', async () => {
    expect(await sender.standings.standingOf('teams:new')).toBe('unknown');
    expect(api.calls).toEqual([]);
  });

  test('a conversation that Roster is no longer in says nothing of a person', async () => {
    api.channels.delete(ops);
    expect(await standing({ userRole: 'user', tenantId })).toBe('unknown');
    expect(log.lines).toEqual([expect.stringMatching(/^warn: Teams did not say what an account is/)]);
  });

  test.each([{ status: 502 }, { status: 403 }, 'hang up' as const])(
    'Teams cannot say: %o',
    async (trouble) => {
      api.troubles.push(trouble);
      expect(await standing({ userRole: 'user', tenantId })).toBe('unknown');
      expect(log.lines).toEqual([expect.stringMatching(/^warn: Teams did not say what an account is/)]);
      expect(methods()).toEqual(['GET']);
    },
  );
});
