// The command line's digest, on rows that were planted.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type Place } from '../src/operator.ts';
import type { Database } from '../src/postgres/database.ts';
import { digestVerb } from '../src/roster-digest.ts';
import { readSettings, type Settings } from '../src/settings.ts';
import type { Said } from '../src/verb.ts';
import { databases } from './databases.ts';
import { plant } from './scorecards/planted.ts';

const root = mkdtempSync(join(tmpdir(), 'roster-digest-'));
afterAll(() => rmSync(root, { recursive: true }));

function settings(): Settings {
  const read = readSettings({});
  if (read.kind === 'refused') throw new Error(read.because.join(' '));
  return read.settings;
}

for (const { name, open, available } of databases)
  describe.skipIf(!available)(`a digest of any days on ${name}`, () => {
    let database: Database;
    let place: Place;
    beforeAll(async () => {
      database = await open();
      const { db } = database;
      const switches = {
        known: () => ({ workers: [], tools: [] }),
        tell: async () => true,
        board: () => Promise.reject(new Error('Nothing is switched here.')),
      };
      place = { db, folder: root, now: () => new Date('2026-11-23T09:00:00Z'), switches };
      const days = { from: new Date('2026-10-25T00:00:00Z'), to: new Date('2026-11-23T00:00:00Z') };
      await plant(db, { seed: 11, incidents: 120, ...days });
    });
    afterAll(() => database.close());

    const run = (values: Said | object): Promise<Said> =>
      digestVerb.run({
        ...{
          values: values as Record<string, string>,
          rest: [],
          manifests: () => 'manifests',
          settings,
          say: () => {},
        },
        ask: async ([path, body], use) => {
          const answer = await operatorOf(() => place)[path]?.(JSON.parse(JSON.stringify(body)));
          if (!answer) throw new Error(`Nobody answers ${path}.`);
          return use(
            answer.kind === 'json' ? { ...answer, value: JSON.parse(JSON.stringify(answer.value)) } : answer,
          );
        },
      });

    test('as Markdown, with the picture beside it and everything it is made of', async () => {
      const out = join(root, name);
      const said = await run({ from: '2026-11-16', to: '2026-11-22', out });
      expect(said).toEqual({ code: 0, text: `Written to ${out}.` });
      const text = readFileSync(join(out, 'digest.md'), 'utf8');
      expect(text).toMatch(/^# 16–22 November: \d+ incidents, \d+ mended without a person\n/);
      expect(text).toContain('](digest.png)');
      expect(readFileSync(join(out, 'digest.png')).subarray(1, 4).toString()).toBe('PNG');
      expect(JSON.parse(readFileSync(join(out, 'digest.json'), 'utf8'))).toMatchObject({
        ...{ day: '2026-11-22', from: '2026-11-15T23:00:00.000Z', to: '2026-11-22T23:00:00.000Z' },
      });
    });

    test('any days at all, on which nothing may have been', async () => {
      const said = await run({ from: '2026-01-01', to: '2026-01-31', png: join(root, 'none.png') });
      expect(said.code).toBe(0);
      expect(said.text).toMatch(
        /a quiet week, no incident[\s\S]*No picture: fewer than two weeks say something\.$/,
      );
      expect(existsSync(join(root, 'none.png'))).toBe(false);
      const { from, to } = JSON.parse((await run({ from: '2026-03-29', to: '2026-03-29', json: true })).text);
      // The clocks went forward that day.
      expect(Date.parse(to) - Date.parse(from)).toBe(23 * 3_600_000);
    });

    test.each([
      [{ from: '2026-11-16' }, 'digest needs both --from and --to, or neither.'],
      [{ from: '2026-11-31', to: '2026-12-01' }, '2026-11-31 is no day: wanted one such as 2026-11-16.'],
      [{ from: '2026-11-16', to: 'now' }, 'now is no day: wanted one such as 2026-11-16.'],
      [{ from: '2026-11-17', to: '2026-11-15' }, '--from must not lie after --to.'],
    ])('asked wrongly with %j', async (values, text) => {
      expect(await run(values)).toEqual({ code: 2, text });
    });
  });
