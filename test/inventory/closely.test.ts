import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { PersonId } from '../../src/ids.ts';
import { watchClosely, wishes, wishIn, withServers } from '../../src/inventory/closely.ts';
import { databases } from '../databases.ts';
import { openMeasures } from '../monitoring/outside.ts';
import { cycleMs, manifests, openShift, type Shift } from '../shift.ts';

test.each([
  ['db-01', 'db-01', 60],
  ['db-01 closely', 'db-01', 60],
  ['db-01 30', 'db-01', 30],
  ['Web shop closely for 90 minutes', 'Web shop', 90],
  [' db-01 15m ', 'db-01', 15],
  ['db-01 off', 'db-01', 0],
  ['db-01 closely OFF', 'db-01', 0],
  ['30', '30', 60],
  ['', '', 60],
])('"%s" wishes %s for %d minutes', (words, name, minutes) => {
  expect(wishIn(words)).toEqual({ name, minutes });
});

test('with a service come the servers it runs on, a server stands alone', () => {
  expect(withServers(fernwood, 'service:payments')).toContain('server:app-03');
  expect(withServers(fernwood, 'server:app-03')).toEqual(['server:app-03']);
  expect(withServers(fernwood, 'service:nothing')).toEqual(['service:nothing']);
});

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`what is watched closely, on ${name}`, () => {
    let shift: Shift;
    beforeAll(async () => {
      const { prometheus } = openMeasures(manifests.metrics, fernwood, cycleMs);
      shift = await openShift(await open(), {
        ...{ prometheus, loki: { queryRange: async () => [] }, tools: [] },
      });
    });
    afterAll(() => shift?.close());

    const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));
    const asked = (words: string, minute: number) =>
      watchClosely(
        {
          ...{
            store: shift.watching.store,
            inventory: fernwood,
            why: 'A disk is exchanged.',
            now: at(minute),
          },
          person: 'p-oncall' as PersonId,
        },
        wishIn(words),
      );
    const watched = async (minute: number) =>
      (await wishes(shift.db, at(minute))).map(
        ({ subject, until }) => `${subject} ${until.toISOString().slice(14, 16)}`,
      );

    test('a wish lasts its time, the latest counts, and it can be taken back', async () => {
      expect(await asked('db-01 closely for 30 minutes', 0)).toContain(
        'db-01 is watched closely for 30 minutes',
      );
      expect(await watched(29)).toEqual(['server:db-01 30']);
      expect(await watched(30)).toEqual([]);
      await asked('db-01 10', 5);
      await asked('checkout 20', 5);
      expect(await watched(6)).toEqual(['server:db-01 15', 'service:checkout 25']);
      expect(await asked('db-01 off', 7)).toBe('db-01 is watched as usual again.');
      expect(await asked('db-01 off', 7)).toBe('Nobody asked to have db-01 watched closely.');
      expect(await watched(8)).toEqual(['service:checkout 25']);
      const entries = (await shift.audited()).filter(({ kind }) => kind.startsWith('watch.'));
      expect(entries.map(({ kind, about }) => [kind, about])).toEqual([
        ['watch.asked', { server: 'db-01' }],
        ['watch.asked', { server: 'db-01' }],
        ['watch.asked', { service: 'checkout' }],
        ['watch.ended', { server: 'db-01' }],
      ]);
    });

    test('nothing of that name, or too long: it is said, and nothing is changed', async () => {
      expect(await asked('db-99', 40)).toContain('did you mean');
      expect(await asked('db-01 2000', 40)).toContain('longer than a day');
      expect(await watched(40)).toEqual([]);
    });
  });
}
