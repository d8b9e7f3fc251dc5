import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';
import { ops } from '../wire/teams-activity.ts';
import { registration } from '../wire/teams-keys.ts';
import { cardWith, maria } from './cards.ts';
import { group, type OpenSender, openSender, place, silent } from './teams-sender.ts';

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

describe('Teams as a surface', () => {
  test('begins a thread in a channel, answers in it, and edits both', async () => {
    const root = await surface.post({ place }, card, 'm');
    const reply = await surface.post({ place, thread: root.message }, cardWith({ title: 'Cause' }), 'm');
    expect(reply.message).toBe(`${root.message}/${api.messages(ops)[1]?.id}`);
    expect(api.messages(ops).map((one) => one.root)).toEqual([root.message, root.message]);
    expect(await surface.edit(place, root.message, mended, 'm')).toEqual({ kind: 'edited' });
    expect(await surface.edit(place, reply.message, mended, 'm')).toEqual({ kind: 'edited' });
    expect(titles(ops)).toEqual(['✅ Mended', '✅ Mended']);
    expect(api.messages(ops).map(({ edits }) => edits)).toEqual([1, 1]);
    expect(new Set(api.calls.map(({ authorization }) => authorization))).toEqual(new Set([api.bearer]));
  });

  test('stands in one line in a chat, whatever thread it is meant for', async () => {
    const root = await surface.post({ place: `teams:${group}` }, card, 'm');
    const next = await surface.post({ place: `teams:${group}`, thread: root.message }, card, 'm');
    expect(await surface.edit(`teams:${group}`, next.message, mended, 'm')).toEqual({ kind: 'edited' });
    expect(titles(group)).toEqual(['⚪ Checkout is slow', '✅ Mended']);
  });

  test('says in a notification what matters, and whom it names is mentioned', async () => {
    const told = cardWith({
      blocks: [{ kind: 'text', text: [{ person: maria }, ' please'] }],
      fallback: [{ person: maria }, ' please'],
    });
    await surface.post({ place }, told, 'm');
    expect(api.messages(ops)[0]?.activity).toMatchObject({
      summary: 'Maria please',
      attachments: [{ content: { msteams: { entities: [{ mentioned: { id: '29:1maria' } }] } } }],
    });
  });

  test('links to a message: in a thread, at its root, in a chat', async () => {
    const root = await surface.post({ place }, card, 'm');
    const reply = await surface.post({ place, thread: root.message }, card, 'm');
    const inChat = await surface.post({ place: `teams:${group}` }, card, 'm');
    const [, own] = reply.message.split('/');
    const channel = `https://teams.microsoft.com/l/message/${encodeURIComponent(ops)}`;
    const query = `?tenantId=${tenantId}&parentMessageId=${root.message}`;
    expect(root.link).toBe(`${channel}/${root.message}${query}`);
    expect(reply.link).toBe(`${channel}/${own}${query}`);
    expect(inChat.link).toContain(`/l/message/${encodeURIComponent(group)}/${inChat.message}?`);
    expect(new URL(inChat.link ?? '').searchParams.get('context')).toBe('{"contextType":"chat"}');
  });

  test('a deleted message is gone', async () => {
    const root = await surface.post({ place }, card, 'm');
    api.remove(ops, root.message);
    expect(await surface.edit(place, root.message, mended, 'm')).toEqual({ kind: 'gone' });
  });

  test('a channel nobody has spoken in is reached by the tenant’s address', async () => {
    const { message, link } = await surface.post({ place: `teams:${silent}` }, card, 'm');
    expect(api.messages(silent).map(({ id }) => id)).toEqual([message]);
    expect(link).toContain(encodeURIComponent(silent));
    expect(await surface.edit(`teams:${silent}`, message, mended, 'm')).toEqual({ kind: 'edited' });
  });

  test('cannot read back what it posted, so it claims nothing', async () => {
    await surface.post({ place }, card, 'm');
    expect(await surface.find({ place }, 'm')).toBeUndefined();
    await surface.react(place, '1', 'eyes');
    expect(methods()).toEqual(['POST']);
  });
});

describe('Teams as a surface, when Teams is strict', () => {
  test('a rate limit is waited out as long as Teams says, and the post arrives once', async () => {
    api.troubles.push({ status: 429, headers: { 'retry-after': '1' } });
    const started = Date.now();
    await surface.post({ place }, card, 'm');
    expect(Date.now() - started).toBeGreaterThan(900);
    expect(methods()).toEqual(['POST', 'POST']);
    expect(titles(ops)).toHaveLength(1);
    expect(log.lines).toEqual(['info: Teams asks to wait 1 s before the next call.']);
  });

  test('a wait that is too long is left to the job', async () => {
    api.troubles.push({ status: 429, headers: { 'retry-after': '3600' } });
    await expect(surface.post({ place }, card, 'm')).rejects.toThrow();
    expect(methods()).toEqual(['POST']);
  });

  test.each([{ status: 502 }, { status: 503 }, { status: 500 }, { status: 408 }, 'hang up' as const])(
    'a post of unknown outcome is not repeated here: %o',
    async (trouble) => {
      api.troubles.push(trouble);
      for (const thread of [undefined, '1']) {
        api.calls.length = 0;
        if (thread) api.troubles.push(trouble);
        await expect(surface.post({ place, ...(thread && { thread }) }, card, 'm')).rejects.toThrow();
        expect(methods()).toEqual(['POST']);
      }
      expect(titles(ops)).toEqual([]);
    },
  );

  test('an edit that Teams could not take is the job’s to repeat', async () => {
    const root = await surface.post({ place }, card, 'm');
    api.troubles.push({ status: 502 });
    await expect(surface.edit(place, root.message, mended, 'm')).rejects.toThrow();
    expect(await surface.edit(place, root.message, mended, 'm')).toEqual({ kind: 'edited' });
  });

  test('the largest card is taken', async () => {
    const much = { kind: 'quote' as const, text: '漢'.repeat(3_000) };
    await surface.post({ place }, cardWith({ blocks: Array.from({ length: 30 }, () => much) }), 'm');
    expect(titles(ops)).toHaveLength(1);
  });
});
