// Home, as people open it: for the roles they have, as the record stands, and nothing for whom nobody knows.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { kills, unkill } from '../../src/actions/kill.ts';
import { homeFor, homeOf } from '../../src/at-home.ts';
import type { PersonId } from '../../src/ids.ts';
import { openBoth } from './both-product.ts';
import { refusedOfHome, shownBySlack } from './slack-types.ts';

/** A page says when it was made, by the minute: here that is always the same. */
const at = new Date();
const gale = { id: 'gale' as PersonId, name: 'Gale', roles: ['governor'], accounts: ['slack:U0GALE'] };

describe('Home', () => {
  let both: Awaited<ReturnType<typeof openBoth>>;
  beforeAll(async () => {
    both = await openBoth({ now: () => at });
  });
  afterAll(() => both.close());
  let before = 0;
  beforeEach(() => {
    before = both.homes().length;
  });

  const published = () => both.homes().slice(before);
  const words = (view: object | undefined) => shownBySlack(view).join('\n');
  /** What is published to somebody who opens it. */
  async function opens(user: string, shows?: string) {
    const many = both.homes().length;
    expect(await both.opensHome(user, shows)).toBe(200);
    await expect.poll(() => both.homes().length).toBe(many + 1);
    return both.homes().at(-1);
  }

  test('shows what waits, and once it is decided that nothing does', async () => {
    const approval = await both.asks({});
    await expect.poll(() => both.titles().slack).toContain('Please decide');
    const first = await opens('U0GALE');
    expect(first?.user).toBe('U0GALE');
    expect(refusedOfHome(first?.view)).toEqual([]);
    expect(words(first?.view)).toContain('1 waiting for your decision');
    expect(words(first?.view)).toMatch(
      /Roll checkout back to 2026\.11\.20-1, medium risk, until .*Read it and decide/,
    );
    await both.inSlack('gale', { do: 'approve', approval });
    const second = await opens('U0GALE', first?.view.private_metadata);
    expect(words(second?.view)).toContain('Nothing waits for you');
    expect(words(second?.view)).not.toContain('Read it and decide');
  });

  test('is not published again while it says the same', async () => {
    const shown = await opens('U0GALE');
    await both.opensHome('U0GALE', shown?.view.private_metadata);
    // Whoever comes next is done after it.
    await opens('U0GREER');
    expect(published().map(({ user }) => user)).toEqual(['U0GALE', 'U0GREER']);
  });

  test('tells somebody whom nobody linked how to be, and nothing of the site', async () => {
    const shown = await opens('U0NOBODY');
    expect(words(shown?.view)).toContain('add slack:U0NOBODY to your accounts in manifests/people.yaml');
    expect(words(shown?.view)).not.toMatch(/checkout|Rex|Stop everything|waiting/);
    const standings = { standingOf: async () => 'guest' as const };
    const guest = await homeOf({ ...both.wired, standings }, 'slack:U0GALE');
    expect(JSON.stringify(guest.blocks)).toMatch(/guest’s/);
    expect(JSON.stringify(guest.blocks)).not.toMatch(/checkout|Rex/);
  });

  test('is another page for another role, and all of them for several', async () => {
    const page = async (...roles: string[]) =>
      JSON.stringify(await homeFor(both.wired, { ...gale, roles }, 'slack'));
    const [governor, manager] = [await page('governor'), await page('manager')];
    expect(governor).toContain('Stop everything');
    expect(governor).not.toContain('Mean time to restore');
    expect(manager).toContain('Mean time to restore');
    expect(manager).toContain('not enough data (0 of 5)');
    expect(manager).not.toContain('Stop everything');
    const all = await page('governor', 'manager');
    expect(all.indexOf('Stop everything')).toBeLessThan(all.indexOf('Mean time to restore'));
    expect(all.indexOf('Mean time to restore')).toBeLessThan(all.indexOf('What the workers do'));
    const nobody = await page();
    expect(nobody).not.toMatch(/Stop everything|Mean time to restore/);
    expect(nobody).toContain('What the workers do');
  });

  test('stops everything at a press, says so, and shows it', async () => {
    await both.inHome('gale', { do: 'kill' });
    await expect.poll(() => both.noteInSlack()).toContain('The kill switch for all is thrown');
    expect(await kills(both.wired.store.db)).toMatchObject([{ scope: 'all', by: 'gale' }]);
    await expect.poll(() => words(both.homes().at(-1)?.view)).toContain('All workers are stopped');
    await unkill(both.wired.store, 'all', gale.id);
  });

  test('answers home and fleet in Teams and as commands', async () => {
    await both.saysInTeams('gale', '1700000000001', 'home');
    await both.saysInTeams('gale', '1700000000002', 'fleet rex');
    await expect
      .poll(() => both.answers())
      .toEqual(['Nothing waits for you', 'Rex, Resolution worker: idle']);
    expect(await both.commandsInSlack('gale', 'fleet')).toContain('4 workers: ');
    expect(await both.commandsInSlack('gale', 'fleet bo')).toContain('There is no worker called');
    expect(await both.commandsInSlack('gale', 'home')).toContain('Stop everything');
  });
});
