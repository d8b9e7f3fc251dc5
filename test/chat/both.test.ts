// One suite for every surface: whatever the product can show, ask or mean is taken by each, and says the same.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { everyDo } from '../../src/chat/intent.ts';
import { databases } from '../databases.ts';
import { answers } from './answers.ts';
import { everyCard, type Shown } from './every-card.ts';
import { forms, replies } from './forms.ts';
import { bare, conforms, surfaces } from './surfaces.ts';

const cards = everyCard();
const seen: Shown[] = [...cards];

describe.each(surfaces)('on $name', (surface) => {
  test.each(cards)('$what', ({ card }) => conforms(surface, card));

  test.each(cards)('$what looks like this', async ({ what, card }) => {
    const drawn = `${JSON.stringify(surface.draw(card), undefined, 1)}\n`;
    await expect(drawn).toMatchFileSnapshot(`../golden/${surface.name}-${what}.json`);
  });

  test.each(Object.values(forms).filter((form) => form !== undefined))('the form $title', async (form) => {
    const drawn = surface.form(form);
    expect(surface.refusedForm(drawn)).toEqual([]);
    const letters = bare(surface.shown(drawn).join(' '));
    for (const words of [form.title, form.submit, 'Cancel']) expect(letters).toContain(bare(words));
    expect(JSON.stringify(drawn)).toContain(JSON.stringify(JSON.stringify(form.intent)));
    for (const { name, label, hint, value } of [form.field, ...(form.more ?? [])]) {
      for (const words of [label, hint]) expect(letters).toContain(bare(words));
      expect(JSON.stringify(drawn)).toContain(`"${name}"`);
      if (value) expect(JSON.stringify(drawn)).toContain(JSON.stringify(value));
    }
  });

  test('every kind of reply that is drawn is drawn', () => {
    expect(Object.keys(replies).sort()).toEqual(['card', 'form', 'note', 'nothing']);
    expect(surface.refused(surface.draw(replies.card.card))).toEqual([]);
    expect(surface.refusedForm(surface.form(replies.form.form))).toEqual([]);
  });

  test('every intent can be sent', () => {
    const all = cards.flatMap(({ card }) => surface.sent(surface.draw(card)));
    expect([...new Set(all.map((one) => one?.do))].sort()).toEqual(everyDo.toSorted());
  });
});

test('every intent is told whether it opens a form', () => {
  expect(Object.keys(forms).sort()).toEqual(everyDo.toSorted());
});

const [database] = databases.filter(({ available }) => available).slice(-1);
describe.skipIf(!database)('every answer from the record', () => {
  test('is taken by every surface and says the same', async () => {
    if (!database) return;
    const told = await answers(await database.open());
    seen.push(...told);
    for (const { what, card } of told)
      for (const surface of surfaces)
        expect(() => conforms(surface, card), `${what} on ${surface.name}`).not.toThrow();
  });
});

test.skipIf(!database)('every file that makes cards is in the list', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('chat/'),
  );
  const makers = files.filter((file) => {
    const text = readFileSync(`src/${file}`, 'utf8');
    return /\bfallback\b(?!\.ts)/.test(text) && /\bCard\b/.test(text);
  });
  expect(makers.sort()).toEqual([...new Set(seen.map(({ from }) => from))].sort());
});
