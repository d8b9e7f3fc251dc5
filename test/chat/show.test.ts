import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Card } from '../../src/chat/card.ts';
import { forgetAll, lastShown, linkTo, show, subjectAt, type View } from '../../src/chat/show.ts';
import type { Spot, Surface } from '../../src/chat/surface.ts';
import type { Database } from '../../src/postgres/database.ts';
import { databases } from '../databases.ts';
import { cardWith } from './cards.ts';

interface Message {
  id: string;
  spot: Spot;
  marker: string;
  card: Card;
}

/** A chat platform in memory. `dies` says where the process is killed: before a post arrives, or after. */
function openFake() {
  const messages: Message[] = [];
  const calls: string[] = [];
  const fake = {
    messages,
    calls,
    dies: undefined as 'before' | 'after' | undefined,
    away: new Set<string>(),
    titlesAt: (place: string, thread?: string) =>
      messages
        .filter((one) => one.spot.place === place && one.spot.thread === thread)
        .map((one) => one.card.title),
  };
  const reached = (call: string, place: string) => {
    calls.push(call);
    if (fake.away.has(place)) throw new Error(`${place} does not answer`);
  };
  const surface: Surface = {
    async post(spot, card, marker) {
      reached('post', spot.place);
      if (fake.dies === 'before') throw new Error('killed before the post');
      const id = `17.${String(messages.length + 1).padStart(3, '0')}`;
      messages.push({ id, spot, marker, card: structuredClone(card) });
      if (fake.dies === 'after') throw new Error('killed after the post');
      return { message: id, link: `https://chat.example/${id}` };
    },
    async edit(place, message, card) {
      reached('edit', place);
      const found = messages.find((one) => one.id === message);
      if (!found) return { kind: 'gone' };
      found.card = structuredClone(card);
      return { kind: 'edited' };
    },
    async find(spot, marker) {
      reached('find', spot.place);
      const found = messages.find((one) => one.marker === marker && one.spot.thread === spot.thread);
      return found && { message: found.id, link: `https://chat.example/${found.id}` };
    },
    exists: async (_, message) => messages.some((one) => one.id === message),
    react: async () => {},
  };
  return Object.assign(fake, { surface });
}

const ops = 'slack:C01OPS';
const approvals = 'slack:C02APP';
const parent = (title: string): View => ({ part: 'parent', place: ops, card: cardWith({ title }) });
const reply = (part: string): View => ({
  part,
  place: ops,
  thread: { subject: 'incident:1', part: 'parent' },
  card: cardWith({ title: part }),
});
const asked: View = { part: 'asked', place: approvals, card: cardWith({ title: 'asked' }) };

describe.for(databases)('show, on $name', ({ available, open }) => {
  describe.skipIf(!available)('the record in chat', () => {
    let database: Database;
    let fake: ReturnType<typeof openFake>;
    const warned: string[] = [];
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());
    beforeEach(async () => {
      await forgetAll(database.db, 'slack');
      fake = openFake();
      warned.length = 0;
    });

    const shown = (views: View[], subject = 'incident:1') =>
      show(
        { db: database.db, surface: fake.surface, log: { warn: (line) => void warned.push(line) } },
        subject,
        views,
      );

    test('posts what is missing, in order, and nothing twice', async () => {
      const views = [parent('Checkout is slow'), reply('evidence'), reply('cause'), asked];
      expect(await shown(views)).toEqual({ posted: 4, edited: 0 });
      expect(await shown(views)).toEqual({ posted: 0, edited: 0 });
      expect(fake.titlesAt(ops)).toEqual(['Checkout is slow']);
      expect(fake.titlesAt(ops, '17.001')).toEqual(['evidence', 'cause']);
      expect(fake.calls).toEqual(['post', 'post', 'post', 'post']);
    });

    test('edits what differs, and only that', async () => {
      await shown([parent('Checkout is slow'), reply('evidence')]);
      expect(await shown([parent('Mended'), reply('evidence')])).toEqual({ posted: 0, edited: 1 });
      expect(fake.titlesAt(ops)).toEqual(['Mended']);
      expect(fake.calls.filter((call) => call === 'edit')).toHaveLength(1);
    });

    test('a card with the same words and times is the same card', async () => {
      const at = (title: string): View => ({
        ...parent(title),
        card: {
          ...cardWith({
            title,
            blocks: [{ kind: 'text', text: [{ time: new Date('2026-03-01') }, ' half \uD83D'] }],
          }),
        },
      });
      await shown([at('x')]);
      expect(await shown([at('x')])).toEqual({ posted: 0, edited: 0 });
    });

    test('killed before the post arrived: looked for, then posted', async () => {
      fake.dies = 'before';
      await expect(shown([parent('x')])).rejects.toThrow('killed');
      fake.dies = undefined;
      expect(await shown([parent('x')])).toEqual({ posted: 1, edited: 0 });
      expect(fake.calls).toEqual(['post', 'find', 'post']);
      expect(fake.titlesAt(ops)).toEqual(['x']);
    });

    test('killed after the post arrived: found, and not posted again', async () => {
      fake.dies = 'after';
      await expect(shown([parent('x'), reply('evidence')])).rejects.toThrow('killed');
      fake.dies = undefined;
      expect(await shown([parent('x'), reply('evidence')])).toEqual({ posted: 2, edited: 0 });
      expect(fake.calls).toEqual(['post', 'find', 'post']);
      expect(fake.titlesAt(ops)).toEqual(['x']);
      expect(await linkTo(database.db, 'incident:1', 'parent', ops)).toBe('https://chat.example/17.001');
    });

    test('killed after the post arrived, and the record went on: found and edited', async () => {
      fake.dies = 'after';
      await expect(shown([parent('x')])).rejects.toThrow('killed');
      fake.dies = undefined;
      expect(await shown([parent('y')])).toEqual({ posted: 1, edited: 0 });
      expect(await shown([parent('y')])).toEqual({ posted: 0, edited: 0 });
      expect(fake.titlesAt(ops)).toEqual(['y']);
    });

    test('a message somebody deleted is left alone, and said once', async () => {
      await shown([parent('x')]);
      fake.messages.length = 0;
      expect(await shown([parent('y')])).toEqual({ posted: 0, edited: 0 });
      expect(await shown([parent('y')])).toEqual({ posted: 0, edited: 0 });
      expect(fake.messages).toEqual([]);
      expect(warned).toEqual([expect.stringContaining('incident:1, parent, in slack:C01OPS is gone')]);
    });

    test('a thread waits for its root', async () => {
      await expect(shown([reply('evidence')])).rejects.toThrow(
        'The thread of incident:1, parent, has no message in slack:C01OPS yet.',
      );
      expect(fake.calls).toEqual([]);
    });

    test('a thread of another subject, and of a message somebody wrote', async () => {
      await shown([parent('x')]);
      await shown([{ ...reply('asked'), place: ops }], 'approval:1');
      await shown(
        [{ part: 'answer', place: ops, thread: { message: '16.9' }, card: cardWith({ title: 'hello' }) }],
        'delivery:1',
      );
      expect(fake.titlesAt(ops, '17.001')).toEqual(['asked']);
      expect(fake.titlesAt(ops, '16.9')).toEqual(['hello']);
    });

    test('one place out of reach does not silence the others', async () => {
      fake.away.add(ops);
      await expect(shown([parent('x'), reply('evidence'), asked])).rejects.toThrow(
        'slack:C01OPS does not answer',
      );
      expect(fake.titlesAt(approvals)).toEqual(['asked']);
      fake.away.clear();
      expect(await shown([parent('x'), reply('evidence'), asked])).toEqual({ posted: 2, edited: 0 });
    });

    test('says what a message shows, which was last, and forgets', async () => {
      await shown([parent('x'), reply('evidence')]);
      const at = { subject: 'incident:1', part: 'parent', place: ops };
      expect(await subjectAt(database.db, ops, '17.001')).toEqual(at);
      expect(await subjectAt(database.db, approvals, '17.001')).toBeUndefined();
      expect(await lastShown(database.db)).toEqual([
        { surface: 'slack', spot: { place: ops, thread: '17.001' }, message: '17.002' },
      ]);
      // The ids of one surface say nothing of another's time.
      await shown([{ ...parent('x'), place: 'teams:19:ops@thread.tacv2' }]);
      expect((await lastShown(database.db)).map(({ surface }) => surface)).toEqual(['slack', 'teams']);
      await forgetAll(database.db, 'slack');
      expect((await lastShown(database.db)).map(({ surface }) => surface)).toEqual(['teams']);
      await forgetAll(database.db, 'teams');
      expect(await shown([parent('x')])).toEqual({ posted: 1, edited: 0 });
    });
  });
});
