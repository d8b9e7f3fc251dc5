// A signal on both surfaces: its card, and what its buttons do, whoever clicks where.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doorHandlers } from '../../src/handlers.ts';
import type { IncidentId, PictureId, SignalId } from '../../src/ids.ts';
import { save } from '../../src/jobs/save.ts';
import { keepContext } from '../../src/monitoring/context.ts';
import { attachTo, signal as findSignal } from '../../src/monitoring/read.ts';
import { notKnown } from '../../src/people/standing.ts';
import { transact } from '../../src/postgres/database.ts';
import { due } from '../../src/shown.ts';
import { signalOf, write } from '../monitoring/signals.ts';
import { openBoth } from './both-product.ts';

type Both = Awaited<ReturnType<typeof openBoth>>;
const sig = 'sig-1' as SignalId;
const picture = 'ab'.repeat(20) as PictureId;
const told = 'Checkout: error rate 7.87 errors/s, usually 0.12 errors/s';
let both: Both;
let handlers: ReturnType<typeof doorHandlers>;
const db = () => both.wired.store.db;

beforeAll(async () => {
  both = await openBoth();
  handlers = doorHandlers(both.wired);
  await write(db(), signalOf(sig, ['service checkout error_rate']));
  await transact(db(), (tx) => keepContext(tx, sig, { picture: { id: picture, alt: 'A chart.' } }));
  await due(both.wired, [`signal:${sig}`]);
}, 60_000);
afterAll(() => both.close());

const bothRead = (title: string) =>
  expect.poll(() => both.titles(), { timeout: 20_000 }).toEqual({ slack: title, teams: title });
const gale = { account: 'slack:U0GALE', place: 'slack:C01APPROVALS', message: '17.000001' };
const lastOf = async (kind: Parameters<Both['entries']>[0]) => (await both.entries(kind)).at(-1);

test('stands in both with its picture, fetched from outside', async () => {
  await bothRead(`🔴 ${told}`);
  const blocks: { type: string; image_url?: string }[] = both.inSlackStands().at(-1)?.blocks ?? [];
  expect(blocks.find(({ type }) => type === 'image')).toMatchObject({
    image_url: `https://roster.example.com/pictures/${picture}.png`,
    alt_text: 'A chart.',
  });
});

test('muted in Teams it is muted in both, listed, and undone in Slack', async () => {
  expect(await both.inTeams('gale', { do: 'mute', signal: sig })).toMatch(/^Muted until \d\d:\d\d \(.+\):/);
  await bothRead(`⚪ ${told}`);
  const listed = await handlers.commanded({ ...gale, text: 'mutes' });
  expect(listed).toMatchObject({
    kind: 'card',
    card: { title: '1 muted or expected: recorded and not told' },
  });
  await both.inSlack('greer', { do: 'unmute', silence: '1' });
  await bothRead(`🔴 ${told}`);
  expect(await lastOf('signal.unmuted')).toMatchObject({ by: { person: 'greer' }, about: { signal: sig } });
  expect(await handlers.commanded({ ...gale, text: 'unmute 1' })).toMatchObject({
    card: { title: 'It is over already: what happens is told again.' },
  });
}, 60_000);

test('expected opens a form that says what it means, and what is filled in is kept', async () => {
  const intent = { do: 'expected' as const, signal: sig };
  const asked = await handlers.pressed({ ...gale, intent });
  expect(asked).toMatchObject({
    kind: 'form',
    form: {
      title: 'Expected',
      intent,
      field: { hint: expect.stringMatching(/expected on \d{4}-.*"weekly"/) },
    },
  });
  expect(await handlers.submitted({ ...gale, intent, answer: ' x ' })).toMatchObject({ kind: 'note' });
  expect(await handlers.submitted({ ...gale, intent, answer: 'load test' })).toEqual({ kind: 'nothing' });
  await bothRead(`⚪ ${told}`);
  await handlers.pressed({ ...gale, intent: { do: 'unmute', silence: '2' as never } });
  await bothRead(`🔴 ${told}`);
}, 60_000);

test('of no use to somebody, in whichever chat, counts once', async () => {
  expect(await both.inTeams('gale', { do: 'not-useful', signal: sig })).toMatch(/^Thank you/);
  await both.inSlack('gale', { do: 'not-useful', signal: sig });
  await expect.poll(() => both.notes().at(-1)).toBe('You have said so already: it counts once a person.');
});

test('nobody unknown answers it', async () => {
  for (const what of ['investigate', 'mute', 'expected', 'not-useful'] as const) {
    const pressed = { ...gale, account: 'slack:U0NOBODY', intent: { do: what, signal: sig } };
    expect(await handlers.pressed(pressed)).toEqual({ kind: 'note', text: notKnown });
    expect(await lastOf('door.refused')).toMatchObject({
      facts: { account: 'slack:U0NOBODY', tried: { do: what } },
    });
  }
});

test('investigated, it opens an incident of that person’s asking, once; what belongs to it stands in its thread', async () => {
  const investigate = { do: 'investigate', signal: sig };
  const answers = await Promise.all([both.inTeams('gale', investigate), both.inTeams('greer', investigate)]);
  const { incident } = (await findSignal(db(), sig)) ?? {};
  expect(answers.sort()).toEqual([
    'An incident is opened: what is found is told in its thread.',
    `${incident} looks into it already.`,
  ]);
  expect(await both.entries('signal.opened')).toMatchObject([
    { about: { signal: sig, incident }, because: [expect.stringMatching(/A person asked for it\.$/)] },
  ]);
  const texts = () => JSON.stringify(both.inSlackStands());
  await expect.poll(texts, { timeout: 20_000 }).toMatch(new RegExp(`<https://[^|]+\\|${incident}>`));

  await write(db(), signalOf('sig-2', ['service checkout latency_p95']));
  await save(both.wired.store, async (tx) => {
    await attachTo(tx, 'sig-2' as SignalId, incident as IncidentId);
    return { result: undefined, entries: [], jobs: [{ name: 'show', subject: 'signal:sig-2' }] };
  });
  const second = () =>
    both
      .inSlackStands()
      .find(({ blocks }) => JSON.stringify(blocks).includes('95th percentile latency 7.87'));
  await expect
    .poll(second, { timeout: 20_000 })
    .toMatchObject({ method: 'chat.postMessage', thread: expect.stringMatching(/^17\./) });
}, 60_000);

test('what happened around it is found out by its job, and stands on both cards with a chart', async () => {
  const id = await write(db(), signalOf('sig-3', ['service search latency_p95']));
  await save(both.wired.store, async () => ({
    result: undefined,
    entries: [],
    jobs: [{ name: 'enrich-signal', signal: id }],
  }));
  const title = '🔴 Search: 95th percentile latency 7.87 s, usually 120 ms';
  await expect.poll(() => both.titles(), { timeout: 20_000 }).toEqual({ slack: title, teams: title });
  const card = JSON.stringify(both.inSlackStands().at(-1)?.blocks);
  expect(card).toMatch(/https:\/\/roster\.example\.com\/pictures\/[0-9a-f]{40}\.png/);
  expect(card).toContain('Line chart of 95th percentile latency of search from ');
  expect(card).not.toContain('Missing here');
  expect(await lastOf('signal.enriched')).toMatchObject({
    about: { signal: id },
    facts: { chart: 'drawn', missing: [] },
  });
}, 60_000);
