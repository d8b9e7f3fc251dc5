import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Refusals } from '../../src/audit/refusals.ts';
import { keepPicture } from '../../src/chat/pictures.ts';
import { openSlackClient } from '../../src/chat/slack/client.ts';
import { openSlackSurface } from '../../src/chat/slack/send.ts';
import type { Speech } from '../../src/chat/slack/text.ts';
import { openUploads } from '../../src/chat/slack/upload.ts';
import { openChat } from '../../src/chatted.ts';
import type { PictureId } from '../../src/ids.ts';
import { peopleOf } from '../../src/people/people.ts';
import { type Database, transact } from '../../src/postgres/database.ts';
import type { Site } from '../../src/site.ts';
import { databases } from '../databases.ts';
import { openOps } from '../walks/slack.ts';
import { openSlackApi } from '../wire/slack-api.ts';
import { cardWith, speech as fetching } from './cards.ts';
import { haveLocalSlack, openLog, openTrialSlack } from './trial-slack.ts';

const place = 'slack:C01OPS';
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 255, 7]);
const speech: Speech = { mention: fetching.mention, times: fetching.times };
const show = (picture: PictureId) => cardWith({ blocks: [{ kind: 'picture', picture, alt: 'A chart.' }] });

type Script = Parameters<typeof openSlackApi>[0];
const refusal = (error: string) => ({ body: { ok: false, error } });
const file = 'F0123456789';

for (const { name, available, open } of databases) {
  describe.skipIf(!available)(`a picture that Slack cannot fetch, on ${name}`, () => {
    let database: Database;
    let picture: PictureId;
    let now = new Date('2026-03-02T08:00:00Z');
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database?.close());
    beforeEach(async () => {
      await sql`truncate slack_file, picture cascade`.execute(database.db);
      picture = await transact(database.db, (tx) => keepPicture(tx, png));
    });

    /** The app, started anew at the same Slack, which answers as `script` says and otherwise as it should. */
    async function openApp(script: (...asked: Parameters<Script>) => ReturnType<Script> | undefined) {
      const log = openLog();
      const api = await openSlackApi((call, times) => script(call, times) ?? usual(call, times));
      const origin = new URL(api.apiUrl).origin;
      const usual: Script = ({ method }) => {
        if (method === 'auth.test') return { body: { ok: true, team_id: 'T1', bot_id: 'B1' } };
        if (method === 'files.getUploadURLExternal')
          return { body: { ok: true, upload_url: `${origin}/upload/secret`, file_id: file } };
        if (method === 'chat.getPermalink') return { body: { ok: true, permalink: 'https://x.slack.com/a' } };
        return { body: { ok: true, ts: '17.000100' } };
      };
      const start = () => {
        const client = openSlackClient({ botToken: 'xoxb-1', apiUrl: api.apiUrl, log });
        const uploads = openUploads({ db: database.db, client, log, now: () => now, pausesMs: [1, 1, 1] });
        return openSlackSurface({ client, speech, uploads, log });
      };
      const names = () => api.calls.map(({ method }) => method).filter((one) => !/auth|Permalink/.test(one));
      const drawn = () =>
        api.calls.flatMap(({ args }) => (args.blocks ? [JSON.parse(args.blocks)[1].type] : []));
      return { api, log, start, names, drawn };
    }
    const uploaded = ['files.getUploadURLExternal', '/upload/secret', 'files.completeUploadExternal'];

    test('is uploaded once, stands in no channel by itself, and is shown in every card', async () => {
      const { api, log, start, names } = await openApp(() => undefined);
      const surface = start();
      await Promise.all([1, 2].map((nth) => surface.post({ place }, show(picture), `roster-${nth}`)));
      await surface.edit(place, '17.000100', show(picture), 'roster-1');
      await start().post({ place }, show(picture), 'roster-3');
      expect(names().filter((one) => !one.startsWith('chat.'))).toEqual(uploaded);
      const posts = api.calls
        .filter(({ args }) => args.blocks)
        .map(({ args }) => JSON.parse(args.blocks ?? ''));
      for (const blocks of posts)
        expect(blocks[1]).toEqual({ type: 'image', slack_file: { id: file }, alt_text: 'A chart.' });
      expect(posts).toHaveLength(4);
      const completed = api.calls.find(({ method }) => method === 'files.completeUploadExternal');
      expect(completed?.args).toEqual({ files: JSON.stringify([{ id: file, title: 'Picture' }]) });
      expect(log.lines).toEqual([]);
      await api.close();
    });

    test.each([
      [undefined, uploaded, { slack_file: { id: file } }],
      ['https://x.example', [], { image_url: 'https://x.example/pictures/' }],
    ])('is uploaded only where nobody can fetch it: at %s', async (publicUrl, calls, source) => {
      const { api, names } = await openApp(() => undefined);
      const log = openLog();
      const slack = { botToken: 'xoxb-1', apiUrl: api.apiUrl, mode: { kind: 'http', signingSecret: 's' } };
      // Of a site, chat reads only this much.
      const site = { kind: 'real', slack, ...(publicUrl && { publicUrl }) } as Site;
      const refusals = { refused: () => {} } as unknown as Refusals;
      const wanted = { db: database.db, site, people: peopleOf([]), refusals, log, now: () => now };
      const { surface, surfaces } = openChat(wanted);
      expect(surfaces).toEqual(['slack']);
      await surface.post({ place }, show(picture), 'roster-1');
      expect(names()).toEqual([...calls, 'chat.postMessage']);
      const { args } = api.calls.find(({ method }) => method === 'chat.postMessage') ?? {};
      const url = 'image_url' in source ? { image_url: `${source.image_url}${picture}.png` } : source;
      expect(JSON.parse(args?.blocks ?? '')[1]).toEqual({ type: 'image', alt_text: 'A chart.', ...url });
      await api.close();
    });

    test('a card without one uploads nothing', async () => {
      const { api, start, names } = await openApp(() => undefined);
      await start().post({ place }, cardWith({}), 'roster-1');
      expect(names()).toEqual(['chat.postMessage']);
      await api.close();
    });

    test.each([
      [
        'before its bytes arrived',
        '/upload/secret',
        ['files.getUploadURLExternal', '/upload/secret', ...uploaded],
      ],
      [
        'before it was completed',
        'files.completeUploadExternal',
        [...uploaded, 'files.completeUploadExternal'],
      ],
    ])('a crash %s: the next try goes on', async (_, at, expected) => {
      const { api, log, start, names, drawn } = await openApp(({ method }, times) =>
        method === at && times === 1 ? 'hang up' : undefined,
      );
      await start().post({ place }, show(picture), 'roster-1');
      await start().post({ place }, show(picture), 'roster-2');
      expect(names().filter((one) => !one.startsWith('chat.'))).toEqual(expected);
      expect(drawn()).toEqual(['context', 'image']);
      expect(log.lines.join()).toMatch(
        /warn: A picture could not be uploaded to Slack, so its card says in words/,
      );
      expect(log.lines.join()).not.toContain('secret');
      await api.close();
    });

    test('a file that did not come to be is uploaded anew', async () => {
      await sql`insert into slack_file (workspace, picture, file) values ('T1', ${picture}, 'F0000LOST00')`.execute(
        database.db,
      );
      const { api, start, names, drawn } = await openApp(({ method, args }) =>
        method === 'files.completeUploadExternal' && args.files?.includes('LOST')
          ? refusal('file_not_found')
          : undefined,
      );
      await start().post({ place }, show(picture), 'roster-1');
      expect(names()).toEqual(['files.completeUploadExternal', ...uploaded, 'chat.postMessage']);
      expect(drawn()).toEqual(['image']);
      await api.close();
    });

    test('Slack is given time to be done with it', async () => {
      const { api, start, drawn } = await openApp(({ method }, times) =>
        method === 'chat.postMessage' && times <= 2 ? refusal('invalid_blocks') : undefined,
      );
      expect(await start().post({ place }, show(picture), 'roster-1')).toMatchObject({
        message: '17.000100',
      });
      expect(drawn()).toEqual(['image', 'image', 'image']);
      await api.close();
    });

    test('what Slack never shows is said in words; later it is uploaded anew', async () => {
      const { api, log, start, names, drawn } = await openApp(({ args }) =>
        args.blocks?.includes('slack_file') ? refusal('invalid_blocks') : undefined,
      );
      const post = () => start().post({ place }, show(picture), 'roster-1');
      await post();
      expect(drawn()).toEqual(['image', 'image', 'image', 'image', 'context']);
      expect(log.lines).toEqual([
        'warn: Slack refuses a card with a picture that was uploaded; it is shown in words: An API error occurred: invalid_blocks',
      ]);
      await post();
      expect(names().filter((one) => one === '/upload/secret')).toHaveLength(1);
      await sql`update slack_file set at = at - interval '11 minutes'`.execute(database.db);
      await post();
      await post();
      expect(names().filter((one) => one === '/upload/secret')).toHaveLength(2);
      await api.close();
    });

    test.each(['missing_scope', 'unknown_method', 'file_uploads_disabled'])(
      '%s: words, said once an hour',
      async (error) => {
        const { api, log, start, names, drawn } = await openApp(({ method }) =>
          method.startsWith('files.') ? refusal(error) : undefined,
        );
        const surface = start();
        for (const nth of [1, 2]) await surface.post({ place }, show(picture), `roster-${nth}`);
        expect(names()).toEqual(['files.getUploadURLExternal', 'chat.postMessage', 'chat.postMessage']);
        expect(drawn()).toEqual(['context', 'context']);
        expect(log.lines).toEqual([expect.stringContaining('give the app the scope files:write')]);
        now = new Date(now.getTime() + 3_600_001);
        await surface.post({ place }, show(picture), 'roster-3');
        expect(log.lines).toHaveLength(2);
        await api.close();
      },
    );

    test('a rate limit is waited out', async () => {
      const { api, start, names } = await openApp(({ method }, times) =>
        method === 'files.getUploadURLExternal' && times === 1
          ? { status: 429, headers: { 'retry-after': '1' }, body: {} }
          : undefined,
      );
      await start().post({ place }, show(picture), 'roster-1');
      expect(names()).toEqual(['files.getUploadURLExternal', ...uploaded, 'chat.postMessage']);
      await api.close();
    });

    test.each(['http://elsewhere.example/upload', 'file:///etc/passwd', 'nonsense'])(
      'its bytes go nowhere but to Slack: %s',
      async (url) => {
        const { api, start, drawn } = await openApp(({ method }) =>
          method === 'files.getUploadURLExternal'
            ? { body: { ok: true, upload_url: url, file_id: file } }
            : undefined,
        );
        await start().post({ place }, show(picture), 'roster-1');
        expect(drawn()).toEqual(['context']);
        await api.close();
      },
    );

    test('one that is too old is said in words', async () => {
      await sql`truncate picture cascade`.execute(database.db);
      const { api, start, names, drawn } = await openApp(() => undefined);
      await start().post({ place }, show(picture), 'roster-1');
      expect([names(), drawn()]).toEqual([['chat.postMessage'], ['context']]);
      await api.close();
    });

    test.skipIf(!haveLocalSlack)('the local Slack has its bytes', async () => {
      const slack = await openTrialSlack();
      const log = openLog();
      const client = openSlackClient({ ...slack, log });
      const uploads = openUploads({ db: database.db, client, log, now: () => now });
      await openSlackSurface({ client, speech, uploads, log }).post({ place }, show(picture), 'roster-1');
      expect(await openOps(slack.url).cards('C01OPS')).toHaveLength(1);
      const { rows } = await sql<{ file: string }>`select file from slack_file where completed`.execute(
        database.db,
      );
      const at = `${slack.url}/files-pri/T01ROSTER-${rows[0]?.file}/picture.png`;
      const answer = await fetch(at, { headers: { authorization: `Bearer ${slack.botToken}` } });
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(png);
      expect(log.lines).toEqual([]);
      await slack.close();
    });
  });
}
