// A team's own places and quiet hours on both surfaces: nothing in the night, one list in the morning, each signal where it belongs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IncidentId } from '../../src/ids.ts';
import { insert as open } from '../../src/incidents/store.ts';
import type { Job } from '../../src/jobs/job.ts';
import { save } from '../../src/jobs/save.ts';
import { foundBefore } from '../../src/monitoring/finding.ts';
import { raiseAll } from '../../src/monitoring/raise.ts';
import { attachTo, openSignalsOn } from '../../src/monitoring/read.ts';
import { recoverAll } from '../../src/monitoring/recover.ts';
import { routingSchema } from '../../src/monitoring/routing.ts';
import type { Signal } from '../../src/monitoring/signal.ts';
import { transact } from '../../src/postgres/database.ts';
import { due } from '../../src/shown.ts';
import { signalOf } from '../monitoring/signals.ts';
import { channel, openBoth } from './both-product.ts';

const quiet_hours = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' };
const places = ['slack:C0MONEY', `teams:${channel}`];
const { teams } = routingSchema.parse({ teams: { money: { places, quiet_hours } } });
let now = new Date('2026-11-20T01:00:00Z');
let both: Awaited<ReturnType<typeof openBoth>>;

beforeAll(async () => {
  both = await openBoth({ teams, now: () => now });
}, 60_000);
afterAll(() => both.close());

const slow = foundBefore({
  ...signalOf('', ['service payments latency_p95'], { band: 'watch' }),
  fingerprint: 'anomaly:service:payments:watch',
} as Signal);
const found = async (findings: (typeof slow)[]) => {
  await recoverAll(both.wired.watching, findings, now);
  await raiseAll(both.wired.watching, findings, now);
};
const add = (...jobs: Job[]) =>
  save(both.wired.store, async () => ({ result: undefined, entries: [], jobs }));
/** What was posted in Slack: where, whether in a thread, and its title. */
const posts = () =>
  both
    .inSlackStands()
    .filter(({ method }) => method === 'chat.postMessage')
    .map(({ channel: to, thread, blocks }) => [to, thread !== undefined, blocks[0].text.text]);

const title = 'Payments: 95th percentile latency 7.87 s, usually 120 ms';
const held = 'Held back in the quiet hours of money: 1 signal';

test('held in the night, it is in nobody’s chat; in the morning one list tells of it, and it stands by itself', async () => {
  await found([slow]);
  await expect.poll(() => both.entries('signal.enriched'), { timeout: 20_000 }).toHaveLength(1);
  const [signal] = await openSignalsOn(both.wired.store.db, 'payments');
  await due(both.wired, [`signal:${signal?.id as string}`]);
  await add({ name: 'tell-held' });
  now = new Date('2026-11-20T06:00:00Z');
  await add({ name: 'tell-held' }, { name: 'tell-held' });
  await expect.poll(posts, { timeout: 20_000 }).toHaveLength(2);
  expect(posts().map(String).sort()).toEqual(
    [`C0MONEY,false,🟠 ${held}, 1 still on`, `C0MONEY,false,🟠 ${title}`].sort(),
  );
  await expect
    .poll(() => both.titlesInTeams(), { timeout: 20_000 })
    .toEqual(expect.arrayContaining([`🟠 ${held}, 1 still on`, `🟠 ${title}`]));
  expect(both.titlesInTeams()).toHaveLength(2);
}, 60_000);

test('once it is over both say so, and nothing is posted again', async () => {
  await found([]);
  await expect
    .poll(() => both.inSlackStands().map(({ blocks }) => blocks[0].text.text), { timeout: 20_000 })
    .toEqual(
      expect.arrayContaining([
        `⚪ ${held}, all over`,
        expect.stringMatching(/^✅ Payments: .* as usual again/),
      ]),
    );
  await add({ name: 'tell-held' });
  await expect.poll(() => both.entries('signal.listed')).toHaveLength(1);
  expect(posts()).toHaveLength(2);
});

test('by day it stands where its team is; with an incident also in that thread in ops', async () => {
  const errors = { ...slow, key: 'service:orders', service: 'orders' };
  await found([{ ...errors, metric: 'error_rate' }]);
  const card = '🟠 Orders: error rate 7.87 errors/s, usually 0.12 errors/s';
  await expect.poll(posts, { timeout: 20_000 }).toContainEqual(['C0MONEY', false, card]);
  const [signal] = await openSignalsOn(both.wired.store.db, 'orders');
  if (!signal) throw new Error('It is not there.');
  const incident = await transact(both.wired.store.db, async (tx): Promise<IncidentId> => {
    const its = {
      kind: 'incident' as const,
      service: 'orders',
      severity: 2,
      worker: both.wired.charter.worker,
    };
    const id = await open(tx, its);
    await attachTo(tx, signal.id, id);
    return id;
  });
  await due(both.wired, [`incident:${incident}`]);
  await expect.poll(posts, { timeout: 20_000 }).toContainEqual(['C01APPROVALS', true, card]);
  const edited = () =>
    both
      .inSlackStands()
      .filter(({ method, channel: to }) => method === 'chat.update' && to === 'C0MONEY')
      .map(({ blocks }) => JSON.stringify(blocks));
  await expect.poll(() => edited().at(-1), { timeout: 20_000 }).toContain(incident);
}, 60_000);
