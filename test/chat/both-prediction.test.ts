// What is foretold, on both surfaces and through the whole product: said, asked in its thread, approved, done, over.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApprovals } from '../../src/approvals/read.ts';
import type { IncidentId, SignalId } from '../../src/ids.ts';
import { incident as findIncident } from '../../src/incidents/read.ts';
import { save } from '../../src/jobs/save.ts';
import { signal as findSignal } from '../../src/monitoring/read.ts';
import { recoverAll } from '../../src/monitoring/recover.ts';
import type { Foretold } from '../../src/monitoring/signal.ts';
import { signalOf, write } from '../monitoring/signals.ts';
import { openBoth } from './both-product.ts';

const sig = 'sig-1' as SignalId;
let both: Awaited<ReturnType<typeof openBoth>>;
const db = () => both.wired.store.db;
beforeAll(async () => {
  both = await openBoth();
}, 60_000);
afterAll(() => both.close());

const slow = { timeout: 20_000 };
const header = ({ blocks }: { blocks: { text?: { text: string } }[] }) => blocks[0]?.text?.text ?? '';
const stands = (title: RegExp) => both.inSlackStands().filter((one) => title.test(header(one)));
const opened = async () => {
  const { incident } = (await findSignal(db(), sig)) ?? {};
  return incident ? findIncident(db(), incident as IncidentId) : undefined;
};

test('a disk that will be full is told with what prevents it, which is asked for in its thread', async () => {
  const at = Math.round(Date.now() / 1_000) + 7_200;
  const foretold: Foretold = {
    ...{ cause: 'full-disk', what: 'free disk space used up', like: [] },
    ...{ at, earliest: at - 1_800, latest: at + 3_000 },
  };
  const because = ['At this pace the free disk space of db-01 reaches 0 B in about 2 h.'];
  const one = signalOf(sig, ['server db-01 disk_available'], {
    kind: 'forecast',
    band: 'watch',
    foretold,
    because,
  });
  await write(db(), one);
  await save(both.wired.store, async () => ({
    result: undefined,
    entries: [],
    jobs: [{ name: 'receive-signal', signal: sig }],
  }));
  const title = /^🟠 db-01: free disk space used up at .+\(.+–.+\) if nothing is done$/;
  await expect.poll(() => stands(title).length, slow).toBeGreaterThan(0);
  expect(stands(title)[0]).toMatchObject({ method: 'chat.postMessage', thread: undefined });
  const asked = () => stands(/^🟡 Please decide: Rotate and compress the logs on db-01$/);
  await expect.poll(() => asked().some(({ thread }) => thread !== undefined), slow).toBe(true);
  await expect.poll(() => JSON.stringify(stands(title).at(-1)), slow).toContain('waiting for an approval');
  expect(JSON.stringify(asked())).toContain(
    'Nothing is broken yet: a person decides on what would prevent it.',
  );
}, 60_000);

test('approved in Teams it is done, and once it is no longer foretold it is over', async () => {
  const [approval] = await openApprovals(db());
  await both.inTeams('gale', { do: 'approve', approval: approval?.id });
  await expect.poll(async () => (await opened())?.status, { timeout: 40_000 }).toBe('verifying');
  await recoverAll(both.wired.watching, [], new Date());
  await expect.poll(async () => (await opened())?.usualSince ?? null, slow).not.toBeNull();
  await sql`update incident set usual_since = usual_since - interval '1 minute'`.execute(db());
  const over = /^✅ db-01: free disk space used up, prevented$/;
  await expect.poll(() => stands(over).length, slow).toBeGreaterThan(0);
  await expect.poll(() => stands(/Post-mortem of /).length, slow).toBe(1);
  expect(JSON.stringify(stands(/Post-mortem of /))).toContain('Prevented: free disk space used up on db-01.');
  expect(await both.entries('prediction.over')).toHaveLength(1);
  expect(await both.entries('incident.verified')).toEqual([]);
}, 120_000);
