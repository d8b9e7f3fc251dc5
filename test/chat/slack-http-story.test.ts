import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, startApp } from '../../src/app.ts';
import type { Entry } from '../../src/audit/entry.ts';
import { openEstate } from '../../src/estate/estate.ts';
import type { PersonId } from '../../src/ids.ts';
import { listen } from '../../src/listen.ts';
import { readManifests } from '../../src/manifests.ts';
import { readSettings } from '../../src/settings.ts';
import type { Site } from '../../src/site.ts';
import { openStorage } from '../../src/storage.ts';
import { openOps } from '../walks/slack.ts';
import { freePort } from '../wire/port.ts';
import { openEventsSlack } from './events-slack.ts';
import { click, form, mention, signed, signingSecret } from './slack-signed.ts';
import { haveLocalSlack, openLog } from './trial-slack.ts';

const oncall = 'U01ONCALL';
const people = [
  { id: 'p-oncall', name: 'Robin', roles: ['on-call'], accounts: [`slack:${oncall}`] },
  { id: 'p-gov', name: 'Gale', roles: ['governor', 'on-call'], accounts: ['slack:U01GOV'] },
  { id: 'p-gone', name: 'Gone', roles: ['governor', 'on-call'], accounts: ['slack:U09GONE'] },
].map((one) => ({ ...one, id: one.id as PersonId }));
const speed = 20;

/** The whole product in this process, its Slack over HTTP on its own port. */
async function openProduct() {
  const folder = mkdtempSync(join(tmpdir(), 'roster-http-'));
  const port = await freePort();
  const slack = await openEventsSlack({
    requestUrl: `http://127.0.0.1:${port}/slack/events`,
    signingSecret,
    users: [oncall, 'U01GOV'].map((id) => ({ id, name: id.toLowerCase() })),
    channels: ['C01OPS', 'C01APPROVALS', 'C01LEADERSHIP'].map((id) => ({
      id,
      name: id.slice(3).toLowerCase(),
    })),
  });
  const read = readSettings({ DATA_DIR: folder, PORT: `${port}` });
  if (read.kind === 'refused') throw new Error(read.because.join());
  const log = openLog();
  const storage = await openStorage(read.settings, log);
  const now = () => new Date();
  const estate = await openEstate({ db: storage.database.db, now, speed, token: 't' });
  const site: Site = {
    kind: 'trial',
    slack: { botToken: slack.botToken, mode: { kind: 'http', signingSecret }, apiUrl: slack.apiUrl },
    prometheus: { url: estate.prometheusUrl },
    loki: { url: estate.lokiUrl },
    awx: { url: estate.awxUrl, token: estate.awxToken },
    people,
    places: {
      ops: ['slack:C01OPS'],
      approvals: ['slack:C01APPROVALS'],
      leadership: ['slack:C01LEADERSHIP'],
    },
    inventory: estate.inventory,
    pace: { cycleMs: 5_000 / speed, verifyMs: 45_000 / speed, lookAgainMs: 500 / speed, fileMs: 432_000_000 },
    commands: [],
    ready: () => {},
    close: async () => {},
  };
  const running: { app?: App } = {};
  const listening = await listen({
    port,
    host: '127.0.0.1',
    troubles: async () => [],
    operator: {},
    doors: () => running.app?.doors,
  });
  const app = await startApp({ storage, manifests: readManifests('manifests'), site, log, now, folder });
  running.app = app;
  const send = (request: RequestInit) => fetch(`http://127.0.0.1:${port}/slack/events`, request);
  const entries = async (kind: Entry['kind']): Promise<Entry[]> => {
    const found = await sql<{ text: string }>`select text from audit order by seq`.execute(
      storage.database.db,
    );
    return found.rows.map(({ text }) => JSON.parse(text).entry).filter((one) => one.kind === kind);
  };
  const close = async () => {
    await app.stop();
    await estate.close();
    await storage.close();
    await listening.close();
    await slack.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ops: openOps(slack.url), estate, app, log, send, entries, close };
}

describe.skipIf(!haveLocalSlack)('Slack over HTTP', () => {
  let product: Awaited<ReturnType<typeof openProduct>>;
  beforeAll(async () => {
    product = await openProduct();
  }, 90_000);
  afterAll(() => product.close());

  test('a command and a mention are answered', async () => {
    const { ops } = product;
    await ops.command({ channel: 'C01OPS', user: oncall, text: 'status' });
    await ops.expectNote('C01OPS', oncall, /On shift/);
    const asked = await ops.mention({ channel: 'C01OPS', user: oncall, text: 'what is happening?' });
    await ops.expectCard('C01OPS', /./, 10_000, asked);
    expect(await product.entries('mention.heard')).toHaveLength(1);
  });

  test('one event in 11 copies, each with an id of its own, is one delivery', async () => {
    const event = { user: oncall, channel: 'C01OPS', ts: '1700000000.000100', text: '<@U01ROSTER> why' };
    const copies = Array.from({ length: 11 }, (_, n) => signed({ body: mention(event, `Ev${n}`) }));
    const answers = await Promise.all(copies.map((copy) => product.send(copy)));
    expect(answers.map(({ status }) => status)).toEqual(copies.map(() => 200));
    const heard = await product.entries('mention.heard');
    expect(heard.filter(({ facts }) => facts?.message === event.ts)).toHaveLength(1);
  });

  test('one click in 11 copies is one answer and one effect', async () => {
    const { ops, estate, send, entries } = product;
    await estate.break('bad-deployment', new Date());
    const card = await ops.expectCard(
      'C01APPROVALS',
      /Please decide: Roll checkout back|Please decide: Roll \S+ back/,
      40_000,
    );
    const approval = (await entries('approval.asked'))[0]?.about?.approval;
    const press = (user: string) =>
      signed({
        body: click(JSON.stringify({ do: 'approve', approval }), {
          user: { id: user },
          channel: { id: card.channel },
          container: { message_ts: card.ts },
        }),
        type: form,
      });

    // Listed with every role, but no account of this workspace any more.
    expect((await send(press('U09GONE'))).status).toBe(200);
    expect((await entries('door.refused')).at(-1)).toMatchObject({
      facts: { account: 'slack:U09GONE' },
      because: [expect.stringContaining('another workspace')],
    });
    const stale = signed({
      body: click(JSON.stringify({ do: 'approve', approval })),
      type: form,
      at: 1_700_000_000,
    });
    expect((await send(stale)).status).toBe(401);
    expect(await entries('approval.answered')).toEqual([]);

    const copies = Array.from({ length: 11 }, () => press('U01GOV'));
    const answers = await Promise.all(copies.map((copy) => send(copy)));
    expect(answers.map(({ status }) => status)).toEqual(copies.map(() => 200));
    expect(await entries('approval.answered')).toMatchObject([
      { by: { person: 'p-gov' }, about: { approval } },
    ]);
    await ops.expectCard('C01APPROVALS', /Approved: Roll/, 20_000);
    await expect
      .poll(async () => (await entries('action.ended')).length, { timeout: 20_000 })
      .toBeGreaterThan(0);
    const action = (await entries('approval.answered'))[0]?.about?.action;
    const ran = (await entries('action.running')).filter(({ about }) => about?.action === action);
    expect(ran).toHaveLength(1);
  }, 90_000);

  test('strangers at the door are counted, and written when it closes', async () => {
    for (let n = 0; n < 20; n += 1) await product.send(signed({ body: mention(), secret: 'guess' }));
    expect(
      (await product.entries('door.refused')).filter(({ facts }) => facts?.door === 'slack').length,
    ).toBeLessThan(3);
    expect(product.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
