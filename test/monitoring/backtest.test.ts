import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { faults } from '../../src/estate/faults/all.ts';
import { serve } from '../../src/estate/http.ts';
import { answerPrometheus } from '../../src/estate/prometheus.ts';
import { targetsOf } from '../../src/estate/targets.ts';
import type { Breakage } from '../../src/estate/world.ts';
import { openSimulation } from '../../src/jobs/simulation.ts';
import { readManifests } from '../../src/manifests.ts';
import { adviceOf } from '../../src/monitoring/backtest/advice.ts';
import { specOfDays } from '../../src/monitoring/backtest/drawn.ts';
import { spansOf } from '../../src/monitoring/backtest/history.ts';
import { openPosting, type Posted } from '../../src/monitoring/backtest/posted.ts';
import { type KnownIncident, type Report, reportOf } from '../../src/monitoring/backtest/report.ts';
import { reportSaid } from '../../src/monitoring/backtest/said.ts';
import { outwards } from '../../src/monitoring/backtest/thresholds.ts';
import { backtest, type Wanted } from '../../src/monitoring/backtest.ts';
import { calendarSchema } from '../../src/monitoring/calendar.ts';
import { openDrawing } from '../../src/monitoring/chart/picture.ts';
import { foundBy } from '../../src/monitoring/finding.ts';
import type { Compound } from '../../src/monitoring/fusion/compound.ts';
import { raiseAll } from '../../src/monitoring/raise.ts';
import { recoverAll } from '../../src/monitoring/recover.ts';
import { routingSchema } from '../../src/monitoring/routing.ts';
import { openTableClaims } from '../../src/redis/table.ts';
import { openPrometheus, type Prometheus } from '../../src/systems/prometheus/read.ts';
import { openWire } from '../systems/wire.ts';
import { unrouted } from './outside.ts';

const { metrics } = readManifests('manifests');
const calendar = calendarSchema.parse({});
const day = 86_400;
/** A Friday morning. */
const now = new Date('2026-11-20T10:17:03Z');
const at = (when: string) => new Date(when);

/** The company, over all its past, at the wire; with every range it was asked for. */
async function company(breakages: Breakage[] = [], { seed = 1, since = 0 } = {}) {
  const targets = targetsOf(fernwood, []);
  const world = { inventory: fernwood, faults, seed, speed: 1, breakages, jobs: [], targets };
  const { url, close } = await serve(0, { prometheus: (request) => answerPrometheus(request, world, now) });
  const all = openPrometheus({ url: `${url}/prometheus` });
  const asked: { seconds: number; step: number }[] = [];
  const prometheus: Pick<Prometheus, 'queryRange'> = {
    queryRange: async (promql, from, to, step) => {
      asked.push({ seconds: (to.getTime() - from.getTime()) / 1_000, step });
      const found = await all.queryRange(promql, from, to, step);
      return found.map((one) => ({ ...one, values: one.values.filter(([time]) => time >= since) }));
    },
  };
  return { url: `${url}/prometheus`, prometheus, asked, close };
}

function wanted(given: Partial<Wanted> & Pick<Wanted, 'prometheus'>): Wanted {
  const usual = { metrics, calendar, inventory: fernwood, cycleMs: 60_000, days: 14, stepSeconds: 60, now };
  return { ...usual, incidents: undefined, say: () => {}, ...given };
}

async function reported(given: Partial<Wanted> & Pick<Wanted, 'prometheus'>): Promise<Report> {
  const found = await backtest(wanted(given));
  if (found.kind === 'refused') throw new Error(found.because);
  return found.report;
}

const deployment: Breakage = {
  ...{ id: 1, name: 'bad-deployment', first: false },
  target: { service: 'checkout', version: '2', replaces: '1' },
  startedAt: at('2026-11-18T09:00:10Z'),
  mendedAt: at('2026-11-18T09:40:00Z'),
};
const disk: Breakage = {
  ...{ id: 2, name: 'full-disk', first: false },
  target: { service: 'orders', server: 'db-01' },
  startedAt: at('2026-11-19T13:00:10Z'),
  mendedAt: at('2026-11-19T13:30:00Z'),
};
const incident = (id: string, service: string, opened: string, ended: string): KnownIncident => {
  return { id, service, openedAt: at(opened), endedAt: at(ended) };
};
const incidents = [
  incident('inc-1', 'checkout', '2026-11-18T09:05:00Z', '2026-11-18T09:50:00Z'),
  // Nothing was measured of this one, and this one was before.
  incident('inc-2', 'search', '2026-11-12T15:00:00Z', '2026-11-12T15:20:00Z'),
  incident('inc-0', 'checkout', '2026-10-01T09:05:00Z', '2026-10-01T09:50:00Z'),
];

describe('two weeks of a company in which two things broke', () => {
  let estate: Awaited<ReturnType<typeof company>>;
  let report: Report;
  const said: string[] = [];
  beforeAll(async () => {
    estate = await company([deployment, disk]);
    report = await reported({ prometheus: estate.prometheus, incidents, say: (line) => said.push(line) });
  }, 240_000);
  afterAll(() => estate?.close());

  test('both are found within three cycles, where they are, and hardly anything else', () => {
    const within = (from: string, to: string) =>
      report.signals.filter((one) => one.at >= from && one.at <= to);
    const [first] = within('2026-11-18T09:00:10', '2026-11-18T09:03:10');
    expect(first).toMatchObject({ service: 'checkout', band: 'critical', metric: 'error_rate' });
    const [second] = within('2026-11-19T13:00:10', '2026-11-19T13:03:10');
    expect(second).toMatchObject({ server: 'db-01', band: 'critical', metric: 'disk_available' });
    const rest =
      report.posted -
      [...within('2026-11-18T09:00', '2026-11-18T09:50'), ...within('2026-11-19T13:00', '2026-11-19T13:40')]
        .length;
    expect(rest).toBeLessThanOrEqual(1);
  });

  test('what coincides with a known incident is told, and which of them nothing was posted for', () => {
    expect(report.incidents?.known.map(({ id, signals }) => [id, signals > 0])).toEqual([
      ['inc-2', false],
      ['inc-1', true],
    ]);
    expect(report.signals.filter((one) => one.incident === 'inc-1').map(({ service }) => service)).toContain(
      'checkout',
    );
    expect(report.incidents?.coinciding).toBe(report.signals.filter((one) => one.incident !== null).length);
    expect(report.noisiest.map(({ metric, subject }) => `${metric} ${subject}`)).not.toContain(
      'error_rate checkout',
    );
    expect(reportSaid(report)).toContain('coincide with 1 of 2 known incidents.');
  });

  test('the counts are of the same signals, however they are grouped', () => {
    const sum = (all: { watch: number; critical: number }[]) =>
      all.reduce((count, { watch, critical }) => count + watch + critical, 0);
    const { posted, services, teams, byDay, hours, total, threads } = report;
    expect([sum(services), sum(teams), sum(byDay), sum([total])]).toEqual([posted, posted, posted, posted]);
    expect(hours.reduce((count, one) => count + one, 0)).toBe(posted);
    expect(threads).toBeLessThanOrEqual(posted);
    expect(threads).toBeGreaterThanOrEqual(2);
    expect(byDay).toHaveLength(15);
  });

  test('a static threshold is beyond what a healthy company has, and within what is broken', async () => {
    const healthy = await company();
    onTestFinished(healthy.close);
    const end = now.getTime();
    for (const { metric: name, watchAt, criticalAt, least, most } of report.thresholds) {
      const metric = metrics.find((one) => one.name === name);
      if (metric?.bad === 'either') {
        expect([watchAt, criticalAt], name).toEqual([null, null]);
        continue;
      }
      const up = metric?.bad === 'up';
      const promql = (metric?.query ?? '').replace('$__rate_interval', '240s');
      const found = await healthy.prometheus.queryRange(
        promql,
        new Date(end - 7 * day * 1_000),
        new Date(end),
        600,
      );
      const values = found.flatMap((one) => one.values.map(([, value]) => value));
      const beyond = values.filter((value) =>
        up ? value >= (watchAt ?? Infinity) : value <= (watchAt ?? 0),
      );
      expect(beyond, `${name} beyond ${watchAt}`).toEqual([]);
      expect(up ? (criticalAt ?? 0) >= (watchAt ?? 0) : (criticalAt ?? 0) <= (watchAt ?? 0), name).toBe(true);
      // Not so far beyond that nothing ever reaches it; what varies less than its floor is held against that.
      const far = Math.max(4 * most, most + 8 * (metric?.floor ?? 0));
      expect(up ? (watchAt ?? Infinity) < far : (watchAt ?? 0) > least / 4, name).toBe(true);
    }
    expect(report.thresholds.map(({ metric }) => metric)).toEqual(metrics.map(({ name }) => name));
    const errors = report.thresholds.find(({ metric }) => metric === 'error_rate');
    expect(report.signals.find(({ metric }) => metric === 'error_rate')?.value).toBeGreaterThan(
      errors?.watchAt ?? Infinity,
    );
  });

  test('it is read by the day at most, and by the week what is learnt', () => {
    const long = estate.asked.filter(({ step, seconds }) =>
      step === 60 ? seconds >= day : step === 300 && seconds > 7 * day,
    );
    expect(long).toEqual([]);
    expect(estate.asked.filter(({ step }) => step === 60)).toHaveLength(15 * metrics.length);
  });

  test('how far it is is told day by day', () => {
    expect(said[0]).toBe('106 series, back to 2026-10-16 10:17 UTC: learning 21 days, then testing 14.');
    expect(said.at(-1)).toMatch(/^Day 14 of 14: \d+ signals so far\.$/);
  });

  test('its chart is a picture, with bars where signals are and a mark on the day of each incident', async () => {
    const drawing = openDrawing();
    onTestFinished(() => drawing.close());
    const png = Buffer.from(await drawing.plot(specOfDays(report)));
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1_600, 720]);
    const spec = JSON.stringify(specOfDays(report));
    expect(spec).toContain('"values":[{"day":"2026-11-12","times":""},{"day":"2026-11-18","times":""}]');
    expect(spec).toContain('{"day":"2026-11-18","band":"critical","order":0,"signals":1}');
    const quiet = {
      ...report,
      incidents: null,
      byDay: report.byDay.map(({ day: name }) => ({ day: name, watch: 0, critical: 0 })),
    };
    expect((await drawing.plot(specOfDays(quiet))).byteLength).toBeGreaterThan(5_000);
  });
});

test.each([3, 4])('a quiet week posts next to nothing (seed %i)', async (seed) => {
  const estate = await company([], { seed });
  onTestFinished(estate.close);
  const report = await reported({ prometheus: estate.prometheus, days: 7 });
  expect(report.posted).toBeLessThanOrEqual(1);
  expect(report.loud).toEqual([]);
  expect(reportSaid(report)).toContain('no known incidents to hold it against');
});

test('where less history is kept it goes on with that, and says so', async () => {
  const since = now.getTime() / 1_000 - 10.5 * day;
  const estate = await company([deployment], { since });
  onTestFinished(estate.close);
  const report = await reported({ prometheus: estate.prometheus, days: 30 });
  expect(report.notes).toEqual([
    'The history reaches back to 2026-11-09 23:17 UTC only: 5.2 days are tested instead of 30.',
  ]);
  expect(report.days).toBeCloseTo(5.2, 1);
  expect(report.signals[0]).toMatchObject({
    service: 'checkout',
    at: expect.stringMatching(/^2026-11-18T09:0/),
  });
  expect(report.learning).toBeGreaterThan(0);
});

describe('what stands in its way is said', () => {
  const refused = async (answer: Parameters<typeof openWire>[0]) => {
    const wire = await openWire(answer);
    onTestFinished(wire.close);
    return backtest(wanted({ prometheus: openPrometheus({ url: wire.url }), days: 1 }));
  };
  const matrix = (result: unknown[]) => ({
    body: { status: 'success', data: { resultType: 'matrix', result } },
  });

  test('no history at all', async () => {
    expect(await refused(() => matrix([]))).toEqual({
      kind: 'refused',
      because: 'Prometheus has no history of any of the 19 metrics in metrics.yaml: correct their queries.',
    });
  });

  test('a Prometheus that lets nobody in', async () => {
    expect(await refused(() => ({ status: 401, body: 'Unauthorized' }))).toEqual({
      kind: 'refused',
      because:
        'error_rate could not be read: Prometheus answered GET /api/v1/query_range with 401: Unauthorized',
    });
  });

  test('a Prometheus that is down ends it', async () => {
    const wire = await openWire(() => 'silence');
    await wire.close();
    const prometheus = openPrometheus({ url: wire.url });
    await expect(backtest(wanted({ prometheus }))).rejects.toThrow(
      /^Prometheus did not answer GET \/api\/v1\/query_range: /,
    );
  });

  test('metrics without values, those that fail, and servers that the inventory does not know', async () => {
    const wire = await openWire(({ params }) => {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(params.get(name))) as [
        number,
        number,
        number,
      ];
      const query = params.get('query') ?? '';
      if (query.startsWith('http_request_duration'))
        return { status: 422, body: { status: 'error', errorType: 'execution', error: 'query timed out' } };
      if (!query.startsWith('node_memory')) return matrix([]);
      const values = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, nth) => [
        start + nth * step,
        '5000',
      ]);
      return matrix(
        ['app-01', '10.0.0.7:9100', '10.0.0.8:9100', '10.0.0.9:9100', '10.0.1.1:9100'].map((instance) => ({
          metric: { instance },
          values,
        })),
      );
    });
    onTestFinished(wire.close);
    const {
      notes,
      series,
      metrics: read,
    } = await reported({ prometheus: openPrometheus({ url: wire.url }), days: 1 });
    expect([series, read]).toEqual([5, 1]);
    expect(notes[0]).toMatch(
      /^Nothing was measured of error_rate, latency_p95, disk_available, .*partner_timeouts\.$/,
    );
    expect(notes[1]).toMatch(
      /^latency_p95 could not be read: .* with 422: execution: query timed out \(\d+ times\)$/,
    );
    expect(notes[2]).toBe(
      '4 series are about nothing in the inventory and were left out: 10.0.0.7:9100, 10.0.0.8:9100, 10.0.0.9:9100 and 1 more. Correct the label in metrics.yaml, or add them to inventory.yaml.',
    );
  });
});

test.each([
  { has: 60, days: 30, learnt: 21, tested: 30 },
  { has: 51, days: 30, learnt: 21, tested: 30 },
  { has: 40, days: 30, learnt: 10, tested: 30 },
  { has: 35, days: 30, learnt: 7, tested: 28 },
  { has: 10, days: 30, learnt: 5, tested: 5 },
  { has: 10, days: 3, learnt: 7, tested: 3 },
  { has: 1, days: 30, learnt: 0.5, tested: 0.5 },
])(
  'of $has days of history, $days wanted, $learnt are learnt and $tested tested',
  ({ has, days, learnt, tested }) => {
    const to = 1_800_000_000;
    const spans = spansOf(to - has * day, to, days, 60);
    expect(spans.tested.to).toBe(to);
    expect((spans.tested.to - spans.tested.from) / day).toBeCloseTo(tested, 2);
    expect((spans.learnt.to - spans.learnt.from) / day).toBeCloseTo(learnt, 2);
    expect(spans.learnt.to).toBe(spans.tested.from);
  },
);

/** Something wrong at one place. */
function wrongAt(key: string, band: Compound['band']): Compound {
  const service = key.replace('service:', '');
  const member = {
    metric: 'latency_p95',
    about: 'service' as const,
    subject: service,
    value: 2,
    mean: 1,
    deviation: 0.1,
  };
  const members = [{ ...member, z: 10, band, learning: false }];
  return {
    key,
    service,
    server: null,
    score: 10,
    band,
    learning: false,
    members,
    because: ['So it is.'],
    openedAt: 0,
  };
}

test('what would have been posted is what the product posts, cycle by cycle', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 2 ** 31;
  };
  // A window of checkout is open from 02:00 to 05:00 in Berlin.
  const start = at('2026-11-17T00:30:00Z');
  const simulation = await openSimulation(start);
  onTestFinished(simulation.close);
  const { db } = simulation.database;
  const store = { db, queue: simulation.queue, chain: 'trial' as const };
  const by = { worker: 'ada', charter: 'ada@1' };
  const watching = {
    store,
    claims: openTableClaims(db),
    monitor: { cycleMs: 60_000 },
    inventory: fernwood,
    routing: unrouted,
    by,
  } as never;
  const post = openPosting(fernwood);
  const posted: Posted[] = [];
  const keys = ['service:checkout', 'service:payments'];
  const wrong = new Map<string, Compound['band'] | undefined>();
  for (let nth = 0; nth < 90; nth += 1) {
    const time = new Date(start.getTime() + nth * 60_000);
    await simulation.run({} as never, time);
    for (const key of keys)
      if (random() < 0.3)
        wrong.set(key, ([undefined, 'watch', 'critical'] as const)[Math.floor(random() * 3)]);
    const open = keys.flatMap((key) => {
      const band = wrong.get(key);
      return band ? [wrongAt(key, band)] : [];
    });
    const found = open.map(foundBy);
    posted.push(...post(time.getTime() / 1_000, found));
    await recoverAll(watching, found, time);
    await raiseAll(watching, found, time);
    await sql`delete from pgboss.job_common`.execute(db);
  }
  const { rows } = await sql<{ at: Date; service: string; band: string; held: string | null }>`
    select raised_at as at, service, band, held from signal order by raised_at, service`.execute(db);
  const told = posted
    .map(({ at: seconds, service, band, held }) => ({ at: new Date(seconds * 1_000), service, band, held }))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.service < b.service ? -1 : 1));
  expect(rows.length, `seed ${seed}`).toBeGreaterThan(5);
  expect(told, `seed ${seed}`).toEqual(rows);
}, 60_000);

test('what its team is not told of would not have been posted', () => {
  const { teams } = routingSchema.parse({ teams: { money: { least: 'critical' } } });
  const post = openPosting(fernwood, teams);
  const found = [wrongAt('service:payments', 'watch'), wrongAt('service:checkout', 'watch')].map(foundBy);
  const noon = Date.UTC(2026, 10, 20, 12) / 1_000;
  expect(post(noon, found).map(({ service, held }) => [service, held])).toEqual([
    ['payments', 'money is told of what is critical alone.'],
    ['checkout', null],
  ]);
  const worse = [wrongAt('service:payments', 'critical')].map(foundBy);
  expect(post(noon + 60, worse)).toMatchObject([{ service: 'payments', held: null }]);
});

describe('what to do about a noisy series', () => {
  const ground = { days: 30, hourOf: (time: number) => Math.floor(time / 3_600) % 24, typicalOf: () => 2 };
  const led = (hours: number[], value: number, mean: number) =>
    hours.map((hour, nth): Posted => {
      const lead = {
        metric: 'm',
        about: 'service' as const,
        subject: 's',
        value,
        mean,
        deviation: 1,
        z: 5,
        band: 'watch' as const,
        learning: false,
      };
      return {
        at: nth * day + hour * 3_600,
        kind: 'anomaly',
        service: 's',
        server: null,
        band: 'watch',
        learning: false,
        lead,
        members: 1,
        because: [],
        held: null,
      };
    });

  test.each([
    { what: 'once', signals: led([3], 10, 1), advice: { kind: 'leave' } },
    { what: 'mostly at night', signals: led([2, 3, 2, 14], 10, 1), advice: { kind: 'calendar', hour: 2 } },
    { what: 'around midnight', signals: led([23, 0, 0, 23], 10, 1), advice: { kind: 'calendar' } },
    {
      what: 'by a little',
      signals: led([1, 7, 13, 19], 112, 100),
      advice: { kind: 'least_deviation', value: 0.043 },
    },
    {
      what: 'from next to nothing',
      signals: led([1, 7, 13, 19], 0.5, 0.01),
      advice: { kind: 'floor', value: 0.18 },
    },
    { what: 'from nothing to very much', signals: led([1, 7, 13, 19], 24, 0.01), advice: { kind: 'look' } },
    { what: 'by as much again', signals: led([1, 7, 13, 19], 200, 100), advice: { kind: 'look' } },
  ])('that moves $what: $advice.kind', ({ signals, advice }) => {
    expect(adviceOf('m', signals, ground)).toMatchObject(advice);
  });
});

test.each([
  [0.03141, 'up', 0.032],
  [0.03141, 'down', 0.031],
  [4_312_000_000, 'down', 4_300_000_000],
  [99.1, 'up', 100],
  [-3.14, 'down', -3.2],
  [0, 'up', 0],
] as const)('%d is rounded %s to %d', (value, bad, rounded) => expect(outwards(value, bad)).toBe(rounded));

test('a team that would hear of more than one signal a day is named, and so are days without any', () => {
  const posted = Array.from({ length: 15 }, (_, nth): Posted => {
    const time = Date.UTC(2026, 10, 2, 12) / 1_000 + nth * 7_200;
    return {
      at: time,
      kind: 'anomaly',
      service: 'search',
      server: null,
      band: 'watch',
      learning: false,
      lead: undefined,
      members: 0,
      because: [],
      held: nth === 0 ? 'A window.' : null,
    };
  });
  const from = Date.UTC(2026, 10, 1) / 1_000;
  const facts = {
    from,
    to: from + 7 * day,
    learntFrom: from - 21 * day,
    stepSeconds: 60,
    cycles: 1,
    series: 1,
    metrics: 1,
    notes: [],
  };
  const rest = { thresholds: [], incidents: [], inventory: fernwood, timezone: 'UTC' };
  const quiet = reportOf({ ...facts, ...rest, posted: posted.slice(0, 8) });
  expect([quiet.posted, quiet.held, quiet.loud]).toEqual([7, 1, []]);
  const loud = reportOf({ ...facts, ...rest, posted });
  expect([loud.posted, loud.threads, loud.loud, loud.total.perWeek]).toEqual([14, 14, ['shop'], 14]);
  expect(loud.byDay.map(({ watch }) => watch)).toEqual([0, 5, 9, 0, 0, 0, 0, 0]);
});
