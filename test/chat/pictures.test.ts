import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOfPictures, keepPicture, pictureDoor, picturesPath } from '../../src/chat/pictures.ts';
import type { PictureId } from '../../src/ids.ts';
import { listen } from '../../src/listen.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { freePort } from '../wire/port.ts';

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 7]);

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`pictures, on ${name}`, () => {
    let database: Database;
    let url: string;
    let close: () => Promise<void>;
    beforeAll(async () => {
      database = await open();
      const port = await freePort();
      const doors = { [picturesPath]: pictureDoor(database.db) };
      ({ close } = await listen({
        port,
        host: '127.0.0.1',
        troubles: async () => [],
        operator: {},
        doors: () => doors,
      }));
      url = `http://127.0.0.1:${port}`;
    });
    afterAll(async () => {
      await close?.();
      await database?.close();
    });

    const keep = () => transact(database.db, (tx) => keepPicture(tx, png));
    const at = (id: PictureId) => addressOfPictures(url)?.(id) ?? '';

    test('are let out as they were kept, to whoever has the address', async () => {
      const answer = await fetch(at(await keep()));
      expect(answer.status).toBe(200);
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(png);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'image/png',
        'content-length': '7',
        'cache-control': 'public, max-age=604800, immutable',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'",
      });
    });

    test('have ids that nobody guesses', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, keep));
      expect(new Set(ids).size).toBe(20);
      for (const id of ids) expect(id).toMatch(/^[0-9a-f]{40}$/);
    });

    test('can be asked about, and not be sent', async () => {
      const id = await keep();
      const head = await fetch(at(id), { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
      expect((await fetch(at(id), { method: 'POST' })).status).toBe(405);
    });

    test.each([
      `/pictures/${'0'.repeat(40)}.png`,
      '/pictures/',
      '/pictures/x.png',
      "/pictures/' or true --.png",
      '/pictures/..%2f..%2fetc%2fpasswd',
      '/pictures/a/b.png',
      '/pictures',
    ])('%s is not there', async (path) => {
      expect((await fetch(url + path)).status).toBe(404);
    });

    test('are found under their whole name only', async () => {
      expect((await fetch(at(await keep()).replace('.png', ''))).status).toBe(404);
    });

    test('go after 90 days, when the next one comes', async () => {
      const [old, young] = [await keep(), await keep()];
      const age = (id: PictureId, days: number) =>
        sql`update picture set at = clock_timestamp() - make_interval(days => ${days}::integer) where id = ${id}`.execute(
          database.db,
        );
      await age(old, 91);
      await age(young, 89);
      await keep();
      expect([(await fetch(at(old))).status, (await fetch(at(young))).status]).toEqual([404, 200]);
    });
  });
}

test('without an address from outside there is none for a picture', () => {
  expect(addressOfPictures(undefined)).toBeUndefined();
});
