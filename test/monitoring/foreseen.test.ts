// How metrics move together and what goes before failures: learnt from history, kept over a restart, found in a stream.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/estate/noise.ts';
import { pastIncidents } from '../../src/foreseen.ts';
import type { IncidentId } from '../../src/ids.ts';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import type { Finding } from '../../src/monitoring/finding.ts';
import { keepRelations, recallRelations, recallSignatures } from '../../src/monitoring/lookout/keep.ts';
import { learnPrecursors } from '../../src/monitoring/lookout/learn-precursors.ts';
import { openLookout } from '../../src/monitoring/lookout/lookout.ts';
import type { PastIncident } from '../../src/monitoring/lookout/past.ts';
import type { Signatures } from '../../src/monitoring/lookout/precursor.ts';
import { openSample } from '../../src/monitoring/lookout/sample.ts';
import type { Kept } from '../../src/monitoring/lookout/together.ts';
import { type Metric, metricSetSchema } from '../../src/monitoring/metric.ts';
import { openSight } from '../../src/monitoring/sight.ts';
import { openEmbeddedTest } from '../databases.ts';
import { openShift, type Shift } from '../shift.ts';

const seed = Math.floor(Math.random() * 1_000_000);
console.log(`The servers have seed ${seed}.`);

const names = ['cpu', 'disk_io', 'packet_loss', 'network', 'memory'];
const { metrics } = metricSetSchema.parse({
  metrics: names.map((name) => ({
    name,
    says: name,
    query: name,
    unit: '',
    bad: 'up',
    about: 'server',
    label: 'instance',
  })),
});
const inventory = {
  services: [
    {
      id: 'shop',
      name: 'Shop',
      criticality: 1,
      owner: 'p',
      team: 't',
      dependsOn: [],
      revenuePerMinute: 1,
      windows: [],
    },
  ],
  servers: [1, 2, 3].map((nth) => ({
    id: `db-${nth}`,
    class: 'db',
    environment: 'production',
    services: ['shop'],
  })),
} as unknown as Inventory;

const minute = 60;
const day = 1_440 * minute;
const start = Date.UTC(2026, 10, 2) / 1_000;

/** A value by metric of each server, at any minute the same: load moves most of it, batches move the disk. */
function estateOf(of: number, bend: (server: string, at: number) => number[] = () => []) {
  return (server: string, at: number): number[] => {
    const random = seeded(of * 7_919 + (at / minute) * 31 + Number(server.slice(3)) * 1_000_003);
    for (let nth = 0; nth < 5; nth += 1) random();
    const noise = () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one, -6);
    const [load, batch] = [noise(), noise()];
    const by = bend(server, at);
    return [
      45 + 14 * load + 3 * noise(),
      40 + 20 * batch + 3 * noise(),
      5 + load + 0.2 * noise(),
      80 + 25 * load + 6 * batch + 3 * noise(),
      60 + 4 * noise(),
    ].map((value, place) => value + (by[place] ?? 0));
  };
}

type Estate = ReturnType<typeof estateOf>;
interface Begin {
  relations?: ReadonlyMap<string, Kept>;
  signatures?: Signatures;
  withoutSample?: boolean;
}

/** A lookout that has learnt two weeks, and then looks minute by minute. */
function watched(estate: Estate, { relations, signatures, withoutSample }: Begin = {}) {
  const sight = openSight({ metrics, inventory, calendar: calendarSchema.parse({}) });
  const sample = openSample();
  const series = inventory.servers.flatMap(({ id }) =>
    names.map((metric) => ({ metric, subject: id, part: '' })),
  );
  for (const one of series) {
    const past: [number, number][] = [];
    for (let at = start - 15 * day; at < start; at += 5 * minute)
      past.push([at, estate(one.subject, at)[names.indexOf(one.metric)] ?? 0]);
    sight.learn(one, past, sample.put);
  }
  const lookout = openLookout({
    ...{ sight, metrics, inventory, cycleMs: 60_000 },
    ...(relations && { relations }),
    ...(!withoutSample && { sample }),
  });
  if (signatures) lookout.watchFor(signatures);
  const look = (at: number): Finding[] => {
    const values = Float64Array.from(
      series,
      ({ metric, subject }) => estate(subject, at)[names.indexOf(metric)] ?? 0,
    );
    const read = { series: Int32Array.from(series.keys()), values, missing: [], unread: [] };
    return lookout.see(at, read, sight.see(at, read, series));
  };
  return { look, lookout, sight };
}

/** What is found in so many minutes from the start, each thing once, and when first. */
function foundIn(look: (at: number) => Finding[], minutes: number, from = start): Map<string, number> {
  const found = new Map<string, number>();
  for (let nth = 0; nth < minutes; nth += 1)
    for (const { kind, key } of look(from + nth * minute))
      found.set(`${kind} ${key}`, found.get(`${kind} ${key}`) ?? nth);
  return found;
}

/** From the hundredth minute on, for so many minutes, db-2's packets and network leave what its load lets expect, by 1.5 σ. */
const controller = (minutes: number) =>
  estateOf(seed, (server, at) => {
    const since = (at - start) / minute - 100;
    return server === 'db-2' && since >= 0 && since < minutes ? [0, 0, 1.6, -38, 0] : [];
  });

describe('a relation', () => {
  test('that breaks while each metric is in bounds is found within a few minutes, there alone, and is over with it', () => {
    const { look } = watched(controller(60));
    const found = foundIn(look, 159);
    expect([...found.keys()]).toEqual(['relation server:db-2']);
    expect(found.get('relation server:db-2')).toBeLessThan(100 + 15);
    const [finding] = look(start + 159 * minute);
    expect(finding).toMatchObject({ band: 'watch', learning: false, service: 'shop', server: 'db-2' });
    expect(finding?.members.length).toBeGreaterThan(1);
    expect(finding?.because[0]).toMatch(/^Each metric is in bounds, but they do not move together/);
    foundIn(look, 40, start + 160 * minute);
    expect(look(start + 200 * minute)).toEqual([]);
  });

  test('is not judged while its model is young', () => {
    const { look } = watched(controller(60), { withoutSample: true });
    expect([...foundIn(look, 160).keys()]).toEqual([]);
  });

  test('is known after a restart by what was kept', async () => {
    const database = await openEmbeddedTest();
    const first = watched(controller(60));
    foundIn(first.look, 5);
    await first.lookout.keep(database.db);
    const relations = await recallRelations(database.db);
    expect([...relations.keys()].sort()).toEqual(['server:db-1', 'server:db-2', 'server:db-3']);
    const { look } = watched(controller(60), { relations, withoutSample: true });
    expect([...foundIn(look, 160).keys()]).toEqual(['relation server:db-2']);
    await keepRelations(
      database.db,
      [...relations].map(([key, kept]) => ({ key, kept })),
    );
    expect(await recallRelations(database.db)).toEqual(relations);
    await database.close();
  });
});

describe('what goes before failures', () => {
  const failures = [2, 4, 6, 8, 10].map((days, nth) => ({
    server: `db-${(nth % 3) + 1}`,
    at: start - days * day,
  }));
  /** For an hour before each failure memory and network creep up; so they do from the start on db-2, and come to nothing yet. */
  const creeping = estateOf(seed + 1, (server, at) => {
    const ahead = [...failures, { server: 'db-2', at: start + 60 * minute }];
    const next = ahead.find((one) => one.server === server && at > one.at - 3_600 && at <= one.at);
    const share = next ? 1 - (next.at - at) / 3_600 : 0;
    return [0, 0, 0, -60 * share, 24 * share];
  });
  const incidents = failures.toReversed().map(
    ({ server, at }, nth): PastIncident => ({
      id: `inc-${nth + 1}`,
      family: 'leak',
      server,
      openedAt: new Date(at * 1_000),
    }),
  );
  const usual: Record<string, [number, number]> = {
    cpu: [45, 14.3],
    disk_io: [40, 20.2],
    packet_loss: [5, 1.05],
    network: [80, 26.2],
    memory: [60, 4],
  };
  const queryRange = async (promql: string, from: Date, to: Date, step: number) => {
    const place = names.indexOf(promql);
    return inventory.servers.map(({ id }) => {
      const values: [number, number][] = [];
      for (let at = from.getTime() / 1_000; at <= to.getTime() / 1_000; at += step)
        values.push([at, creeping(id, Math.round(at / minute) * minute)[place] ?? 0]);
      return { labels: { instance: id }, values };
    });
  };

  let shift: Shift;
  beforeAll(async () => {
    const prometheus = { query: async () => [], queryRange: async () => [] };
    shift = await openShift(await openEmbeddedTest(), {
      prometheus,
      loki: { queryRange: async () => [] },
      tools: [],
    });
  });
  afterAll(() => shift?.close());

  const learning = (asked: () => void = () => {}) => ({
    ...{ store: shift.watching.store, by: shift.watching.by, metrics, inventory, cycleMs: 60_000 },
    prometheus: {
      queryRange: (...query: Parameters<typeof queryRange>) => {
        asked();
        return queryRange(...query);
      },
    },
    queryFor: ({ query }: Metric) => query,
    usualAt: (metric: string) => ({ mean: usual[metric]?.[0] ?? 0, deviation: usual[metric]?.[1] ?? 1 }),
    incidentsSince: async () => incidents,
    watchFor: () => {},
    now: () => new Date(start * 1_000),
  });

  test('is learnt from past incidents, kept, and found again with those incidents named', async () => {
    await learnPrecursors(learning());
    const kept = await recallSignatures(shift.db, metrics);
    expect(kept?.signatures.known).toMatchObject([
      { family: 'leak', incidents: ['inc-1', 'inc-2', 'inc-3', 'inc-4', 'inc-5'] },
    ]);
    const signatures = kept?.signatures as Signatures;
    expect(signatures.known[0]?.lead).toBeGreaterThan(15);
    const { look } = watched(creeping, { signatures });
    const found = foundIn(look, 60);
    const when = found.get('precursor server:db-2:leak');
    expect(when).toBeLessThan(50);
    const told = look(start + 60 * minute).find(({ kind }) => kind === 'precursor');
    expect(told).toMatchObject({ server: 'db-2', band: 'watch', service: 'shop' });
    expect(told?.because[0]).toMatch(/^db-2 looks as before inc-1, inc-2, inc-3, inc-4 and inc-5 \(leak\): /);
    expect(told?.because[1]).toMatch(/^Those failed about \d+ min after they began to look so\.$/);
    expect(told?.foretold).toMatchObject({
      ...{ cause: 'leak', what: 'leak', earliest: null, latest: null },
      like: ['inc-1', 'inc-2', 'inc-3', 'inc-4', 'inc-5'],
    });
    expect(told?.foretold?.at).toBeGreaterThan(start + 15 * minute);
    expect([...found.keys()].filter((key) => key.startsWith('precursor'))).toEqual([
      'precursor server:db-2:leak',
    ]);
    for (let nth = 61; nth < 130; nth += 1) look(start + nth * minute);
    expect(look(start + 130 * minute).filter(({ kind }) => kind === 'precursor')).toEqual([]);
  });

  test('is not learnt twice a day, and nothing is read for fewer than three of a kind', async () => {
    let asked = 0;
    const count = () => {
      asked += 1;
    };
    await learnPrecursors(learning(count));
    await sql`delete from learnt`.execute(shift.db);
    await learnPrecursors({ ...learning(count), incidentsSince: async () => incidents.slice(0, 2) });
    expect(asked).toBe(0);
    expect((await recallSignatures(shift.db, metrics))?.signatures).toMatchObject({
      known: [],
      without: [{ family: 'leak', because: 'seen 2 times, wanted 3' }],
    });
    expect((await shift.audited()).filter(({ kind }) => kind === 'precursors.learnt')).toHaveLength(2);
  });

  test('is learnt of incidents that were verified and whose cause and server are known', async () => {
    const cause = (known: object) => JSON.stringify({ kind: 'leak', says: 'x', confidence: 0.9, known });
    const write = async (id: string, status: string, known: object | null, verified: boolean) => {
      await sql`insert into incident (id, service, status, severity, worker, cause)
        values (${id}, 'orders', ${status}, 2, 'ada', ${known && cause(known)}::jsonb)`.execute(shift.db);
      if (verified)
        await sql`insert into incident_entry (incident, kind, facts) values (${id as IncidentId}, 'verified', '{}')`.execute(
          shift.db,
        );
    };
    await write('inc-11', 'closed', { server: 'db-01' }, true);
    await write('inc-12', 'closed', { server: 'db-01' }, false);
    await write('inc-13', 'false-alarm', { server: 'db-01' }, true);
    await write('inc-14', 'closed', null, true);
    await write('inc-15', 'closed', {}, true); // orders runs on several
    const found = await pastIncidents(shift.db, shift.watching.inventory, new Date(0));
    expect(found.map(({ id, server, family }) => [id, server, family])).toEqual([
      ['inc-11', 'db-01', 'leak'],
    ]);
  });
});
