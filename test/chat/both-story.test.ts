// One question on two surfaces, and one person with an account on each: the row decides, whoever clicks where.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBoth } from './both-product.ts';

type Both = Awaited<ReturnType<typeof openBoth>>;
const what = 'Roll checkout back to 2026.11.20-1';
let both: Both;
beforeAll(async () => {
  both = await openBoth();
}, 60_000);
afterAll(() => both.close());

const bothRead = (title: string) =>
  expect.poll(() => both.titles(), { timeout: 20_000 }).toEqual({ slack: title, teams: title });

/** The last private notes of Slack. */
const toldInSlack = (notes: string[]) => expect.poll(() => both.notes().slice(-notes.length)).toEqual(notes);

describe('a question on both surfaces', () => {
  test('is approved in Teams: both cards say so, and the same person’s click in Slack comes to nothing', async () => {
    const approval = await both.asks({});
    await bothRead(`🟡 Please decide: ${what}`);
    // Whoever clicks in Teams sees at once what the record says.
    expect(await both.inTeams('gale', { do: 'approve', approval })).toBe(`✅ Approved: ${what}`);
    await bothRead(`✅ Approved: ${what}`);
    expect(both.edits()).toEqual({ slack: 1, teams: 1 });
    await both.inSlack('gale', { do: 'approve', approval });
    await toldInSlack(['This was already approved: the card shows by whom.']);
    expect(await both.inTeams('greer', { do: 'reject', approval })).toMatch(
      /^This request is settled already/,
    );
    expect(await both.entries('approval.answered')).toMatchObject([
      { by: { person: 'gale' }, about: { approval } },
    ]);
  }, 60_000);

  test('of high risk needs two people, and one with two accounts is one', async () => {
    const approval = await both.asks({ seats: [['governor'], ['governor']] });
    await bothRead(`🟡 Please decide: ${what}`);
    const approve = { do: 'approve', approval };
    await both.inSlack('gale', approve);
    expect(await both.inTeams('gale', approve)).toBe(
      'You have approved this already: another person must as well.',
    );
    await both.inSlack('gale', approve);
    await toldInSlack(['You have approved this already: another person must as well.']);
    const given = async () =>
      (await both.entries('approval.answered')).filter(({ about }) => about?.approval === approval);
    expect(await given()).toHaveLength(1);
    expect(await both.inTeams('greer', approve)).toBe(`✅ Approved: ${what}`);
    await bothRead(`✅ Approved: ${what}`);
    expect((await given()).map(({ by }) => by)).toEqual([{ person: 'gale' }, { person: 'greer' }]);
  }, 60_000);

  test('clicked on both at the same moment is answered once', async () => {
    const approval = await both.asks({});
    await bothRead(`🟡 Please decide: ${what}`);
    const approve = { do: 'approve', approval };
    const before = both.notes().length;
    const [one, two] = await Promise.all([
      both.inTeams('gale', approve),
      both.inTeams('gale', approve),
      both.inSlack('gale', approve),
      both.inSlack('greer', approve),
    ]);
    const refused = () =>
      [one, two, ...both.notes().slice(before)].filter((text) => /already/.test(text ?? ''));
    await expect.poll(() => refused().length).toBe(3);
    const given = (await both.entries('approval.answered')).filter(
      ({ about }) => about?.approval === approval,
    );
    expect(given).toHaveLength(1);
    await bothRead(`✅ Approved: ${what}`);
  }, 60_000);
});

test('one message of Teams in 8 copies is one delivery and one answer', async () => {
  const copies = await Promise.all(Array.from({ length: 8 }, () => both.saysInTeams('gale', '1790')));
  expect(copies).toEqual(copies.map(() => 200));
  expect(await both.saysInTeams('gale', '1790')).toBe(200);
  await expect.poll(async () => (await both.entries('mention.answered')).length, { timeout: 20_000 }).toBe(1);
  expect(await both.entries('mention.heard')).toMatchObject([
    { by: { person: 'gale' }, facts: { message: '1790' } },
  ]);
});
