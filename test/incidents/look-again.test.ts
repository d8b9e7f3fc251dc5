// What joins an incident may tell what was not known, or be something of its own.
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openEmbeddedTest } from '../databases.ts';
import { openShift, type Shift } from '../shift.ts';
import { type Outside, openOutside } from './outside.ts';

let shift: Shift;
let outside: Outside;
beforeAll(async () => {
  outside = openOutside();
  shift = await openShift(await openEmbeddedTest(), outside);
});
afterAll(() => shift.close());
beforeEach(async () => {
  await shift.forget();
  outside.reset();
});

/** Nobody can explain it, for as long as evidence may still come. */
async function riddle() {
  outside.set('cpu_used', 'app-01', 5);
  await shift.raise('cpu_used', 'app-01');
  await shift.work();
  await shift.age(60);
  await shift.later();
  const incident = await shift.last();
  expect(incident.status).toBe('escalated');
  return incident.id;
}

function checkoutIsDown() {
  outside.set('error_rate', 'checkout', 12);
  const labels = { app: 'checkout', level: 'error', instance: 'app-01' };
  outside.say(labels, 'checkout.service: Main process exited, code=killed, status=9/KILL');
}

test('what nobody could explain is looked into anew when something else goes wrong with it', async () => {
  const id = await riddle();
  checkoutIsDown();
  await shift.raise('error_rate', 'checkout');
  await shift.work();
  expect(await shift.incident(id)).toMatchObject({ status: 'investigating', attempt: 1 });
  await shift.later();
  expect(await shift.incident(id)).toMatchObject({ cause: { kind: 'process-down' }, runbook: { step: 0 } });
});

test('but not when the same is raised once more, nor when a person has it', async () => {
  const id = await riddle();
  await shift.raise('cpu_used', 'app-01');
  await shift.work();
  expect((await shift.incident(id)).status).toBe('escalated');
  await sql`update incident set owner = 'p-oncall' where id = ${id}`.execute(shift.db);
  checkoutIsDown();
  await shift.raise('error_rate', 'checkout');
  await shift.work();
  expect((await shift.incident(id)).status).toBe('escalated');
});

/** The leak is mended, and meanwhile a caller of what leaked fails by a new version of its own. */
async function mendedWith(besides: () => void) {
  outside.leak();
  await shift.raise('memory_available', 'app-03');
  await shift.work();
  const { id } = await shift.last();
  besides();
  await shift.raise('error_rate', 'checkout');
  await shift.work();
  await shift.later();
  expect((await shift.incident(id)).status).toBe('verifying');
  return id;
}

const twoWindows = () =>
  sql`update incident set mitigated_at = mitigated_at - interval '2 minutes'`.execute(shift.db);

test('what joined and stays when all else is mended has a cause of its own, which is looked for', async () => {
  const id = await mendedWith(outside.deployBadly);
  outside.set('memory_available', 'app-03', 0);
  await shift.later();
  expect((await shift.incident(id)).status).toBe('verifying');
  await twoWindows();
  await shift.later();
  expect(await shift.incident(id)).toMatchObject({ cause: { kind: 'bad-deployment' }, mitigatedAt: null });
  const done = outside.launched.filter((one) => one.startsWith('restart-service'));
  expect(done).toHaveLength(1);
});

test('while what it was laid to is not mended, nothing else is looked for', async () => {
  const id = await mendedWith(outside.deployBadly);
  await twoWindows();
  await shift.later();
  expect(await shift.incident(id)).toMatchObject({ status: 'verifying', cause: { kind: 'memory-leak' } });
});
