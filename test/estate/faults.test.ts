import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { Target } from '../../src/estate/faults/fault.ts';
import { processDown } from '../../src/estate/faults/process-down.ts';
import { pulled, pullsOf } from '../../src/estate/reading.ts';
import { targetsOf } from '../../src/estate/targets.ts';
import type { Breakage } from '../../src/estate/world.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openEmbeddedTest } from '../databases.ts';
import { type Baseline, type Company, friday, hourly, openCompany, score } from './company.ts';

let database: Database;
beforeAll(async () => {
  database = await openEmbeddedTest();
});
afterAll(() => database.close());

const faults = [
  {
    fault: 'bad-deployment',
    metric: 'http_requests_errors_total',
    counter: true,
    of: ({ service }: Target) => service,
    cry: /TypeError|unhandled exception/,
    by: 10,
  },
  {
    fault: 'memory-leak',
    metric: 'node_memory_MemAvailable_bytes',
    counter: false,
    of: ({ server }: Target) => server,
    cry: /GC pause|OutOfMemoryError/,
    by: 15,
  },
  {
    fault: 'full-disk',
    metric: 'node_filesystem_avail_bytes',
    counter: false,
    of: ({ server }: Target) => server,
    cry: /No space left on device/,
    by: 10,
  },
];

const gauges = [
  'node_memory_MemAvailable_bytes',
  'node_filesystem_avail_bytes',
  'http_request_duration_p95_seconds',
];
const counters = ['node_cpu_seconds_total', 'http_requests_total', 'http_requests_errors_total'];

/** Scores every series of the company against its history, as monitoring would. */
async function scorer({ prometheus, now }: Company, speed: number) {
  const queries = [...gauges, ...counters.map((name) => `rate(${name}[${15_000 / speed}ms])`)];
  const name = (query: string, { service, instance }: Record<string, string>) =>
    `${query.replace(/^rate\(|\[.*/g, '')} ${service ?? instance}`;
  const baselines = new Map<string, Map<number, Baseline>>();
  for (const query of queries) {
    const history = await prometheus.queryRange(
      query,
      new Date(friday.getTime() - 21 * 86_400_000),
      friday,
      300,
    );
    for (const { labels, values } of history) baselines.set(name(query, labels), hourly(values));
  }
  return async () => {
    const samples = await Promise.all(
      queries.map(async (query) =>
        (await prometheus.query(query, now())).map((sample) => ({ query, ...sample })),
      ),
    );
    return new Map(
      samples.flat().map(({ query, labels, value, at }) => {
        const series = name(query, labels);
        return [series, score(baselines.get(series) ?? new Map(), at.getTime() / 1000, value)];
      }),
    );
  };
}

async function broken(company: Company, fault: string): Promise<Target> {
  const said = await company.estate.break(fault, company.now());
  if (said.kind === 'refused') throw new Error(said.because);
  return said.target;
}

describe.each([1, 20])('at speed %i', (speed) => {
  test.each(faults)(
    '$fault is there in $by s, keeps to its own, and is gone 25 s after its mend',
    async ({ fault, metric, of, cry, by }) => {
      const company = await openCompany(database.db, { speed });
      const scores = await scorer(company, speed);
      const target = await broken(company, fault);
      const main = `${metric} ${of(target)}`;
      const seen: number[] = [];
      for (let cycle = 1; cycle <= 6; cycle++) {
        company.pass(5);
        seen.push((await scores()).get(main) ?? 0);
      }
      console.log(
        `speed ${speed}, ${fault}: z of ${main} after 5, 10, … 30 s: ${seen.map((z) => z.toFixed(1)).join(', ')}`,
      );
      expect(Math.abs(seen[by / 5 - 1] ?? 0)).toBeGreaterThan(4);
      expect(Math.abs(seen[by / 5] ?? 0)).toBeGreaterThan(4);
      const touched = [...(await scores())].filter(([, z]) => Math.abs(z) > 4).map(([series]) => series);
      const others = faults.filter((other) => other.fault !== fault).map((other) => other.metric);
      if (fault !== 'full-disk')
        expect(touched.filter((series) => others.some((other) => series.startsWith(other)))).toEqual([]);
      const lines = await company.loki.queryRange(
        `{app="${target.service}", level="error"}`,
        new Date(company.now().getTime() - 20_000 / speed),
        company.now(),
        100,
      );
      expect(lines.filter(({ line }) => cry.test(line)).length).toBeGreaterThan(5);

      const [template, vars] = mends(fault, target);
      await company.awx.launch(template, vars);
      company.pass(8);
      expect(company.estate.openFaults()).toEqual([]);
      company.pass(25);
      const after = [...(await scores())].filter(([, z]) => Math.abs(z) > 4);
      expect(after).toEqual([]);
    },
  );
});

function mends(
  fault: string,
  { service, server = '', replaces = '' }: Target,
): [string, Record<string, string>] {
  if (fault === 'bad-deployment') return ['roll-back-deployment', { service, version: replaces }];
  return fault === 'memory-leak' ? ['restart-service', { service, server }] : ['rotate-logs', { server }];
}

const somewhere = ['search', 'app-04'] as const;
const attempts: {
  fault: string;
  what: string;
  does(target: Target): [string, Record<string, string>, string?];
  mends: boolean;
}[] = [
  ...faults.map(({ fault }) => ({
    fault,
    what: 'the right template on the right target',
    does: (target: Target) => mends(fault, target),
    mends: true,
  })),
  {
    fault: 'bad-deployment',
    what: 'a restart of the service',
    does: ({ service }) => ['restart-service', { service, server: 'app-01' }],
    mends: false,
  },
  {
    fault: 'bad-deployment',
    what: 'rotated logs',
    does: () => ['rotate-logs', { server: 'app-01' }],
    mends: false,
  },
  {
    fault: 'bad-deployment',
    what: 'the bad version once more',
    does: ({ service, version = '' }) => ['roll-back-deployment', { service, version }],
    mends: false,
  },
  {
    fault: 'bad-deployment',
    what: 'a version there never was',
    does: ({ service }) => ['roll-back-deployment', { service, version: '1.2.3' }],
    mends: false,
  },
  {
    fault: 'memory-leak',
    what: 'a restart on another server',
    does: () => ['restart-service', { service: 'payments', server: 'app-02' }],
    mends: false,
  },
  {
    fault: 'memory-leak',
    what: 'a restart of another service there',
    does: () => ['restart-service', { service: 'catalog', server: somewhere[1] }],
    mends: false,
  },
  {
    fault: 'memory-leak',
    what: 'a roll-back',
    does: ({ service }) => ['roll-back-deployment', { service, version: 'running' }],
    mends: false,
  },
  {
    fault: 'memory-leak',
    what: 'rotated logs',
    does: ({ server = '' }) => ['rotate-logs', { server }],
    mends: false,
  },
  {
    fault: 'memory-leak',
    what: 'the right template limited to another host',
    does: ({ service, server = '' }) => ['restart-service', { service, server }, 'web-01'],
    mends: false,
  },
  {
    fault: 'full-disk',
    what: 'a restart',
    does: ({ service, server = '' }) => ['restart-service', { service, server }],
    mends: false,
  },
  {
    fault: 'full-disk',
    what: 'a roll-back',
    does: ({ service }) => ['roll-back-deployment', { service, version: 'running' }],
    mends: false,
  },
  {
    fault: 'full-disk',
    what: 'rotated logs of another server',
    does: () => ['rotate-logs', { server: 'db-02' }],
    mends: false,
  },
];
test.each(attempts)('$fault and $what: mends $mends', async ({ fault, does, mends: mended }) => {
  const company = await openCompany(database.db);
  const target = await broken(company, fault);
  company.pass(20);
  const [template, vars, limit] = does(target);
  const version = vars.version === 'running' ? await running(company, target.service) : vars.version;
  const launched = await company.awx.launch(template, { ...vars, ...(version && { version }) }, limit);
  company.pass(8);
  expect(launched.kind).toBe('launched');
  expect(company.estate.openFaults().length).toBe(mended ? 0 : 1);
});

const onServers = [
  ['process-down', 'restart-service', 'rotate-logs'],
  ['cpu-runaway', 'restart-service', 'scale-consumers'],
  ['connection-pool', 'end-sessions', 'restart-service'],
  ['queue-backlog', 'scale-consumers', 'restart-service'],
  ['crash-loop', 'reset-service', 'restart-service'],
  ['lock-contention', 'end-blocking-sessions', 'end-sessions'],
  ['inode-exhaustion', 'clean-temporary-files', 'rotate-logs'],
  ['certificate-expiry', 'renew-certificate', 'restart-service'],
  ['dns-failure', 'restart-resolver', 'restart-service'],
  ['ntp-drift', 'sync-clock', 'restart-service'],
  ['network-loss', 'fail-over-interface', 'restart-service'],
  ['slow-queries', 'end-slow-queries', 'end-sessions'],
  ['replication-lag', 'resume-replication', 'end-sessions'],
  ['cache-stampede', 'warm-cache', 'restart-service'],
  ['noisy-neighbour', 'move-workload', 'restart-service'],
] as const;
test.each(onServers)('a %s is mended by %s there, and by nothing else', async (fault, mends, other) => {
  const company = await openCompany(database.db);
  const { service, server = '' } = await broken(company, fault);
  company.pass(20);
  const elsewhere = fernwood.servers.find((one) => one.id !== server && one.services.includes(service));
  await company.awx.launch(other, { service, server });
  await company.awx.launch(mends, { service, server: elsewhere?.id ?? 'web-99' });
  company.pass(8);
  expect(company.estate.openFaults()).toHaveLength(1);
  await company.awx.launch(mends, { service, server });
  company.pass(8);
  expect(company.estate.openFaults()).toEqual([]);
});

const switched = [
  ['dependency-down', 'switch-partner', { partner: 'off' }, { partner: 'on' }],
  ['storage-controller', 'balance-server', { state: 'drain' }, { state: 'ready' }],
] as const;
test.each(switched)('a %s is mended by %s %j, and not by the way back', async (fault, mends, on, off) => {
  const company = await openCompany(database.db);
  const { service, server = '' } = await broken(company, fault);
  company.pass(20);
  for (const [way, open] of [
    [off, 1],
    [on, 0],
  ] as const) {
    await company.awx.launch(mends, { service, server, ...way });
    company.pass(8);
    expect(company.estate.openFaults()).toHaveLength(open);
  }
});

test('a fault is as strong as its target says', async () => {
  const at = friday.getTime();
  const seenOf = (magnitude: number) => {
    const [target] = processDown.places({ inventory: fernwood, versions: () => ({ now: '', next: '' }) });
    if (!target) throw new Error('There is nowhere.');
    const breakage = { id: 1, name: 'process-down', target: { ...target, magnitude }, first: false };
    const world = {
      ...{ inventory: fernwood, faults: [processDown], seed: 1, speed: 1, jobs: [] },
      ...{ targets: targetsOf(fernwood, []), breakages: [{ ...breakage, startedAt: friday }] },
    };
    const labels = { __name__: 'http_requests_errors_total', service: target.service };
    return pullsOf(world.breakages[0] as Breakage, labels, world).map(
      (pull) => pull.by * pulled(pull, at + 60_000),
    );
  };
  expect(seenOf(1.5)).toEqual([21]);
  expect(seenOf(0.5)).toEqual([7]);
});

/** The version of a service that the log of deployments says runs. */
async function running({ loki, now }: Company, service: string): Promise<string> {
  const [last] = await loki.queryRange(
    `{job="deployments", service="${service}"}`,
    new Date(now().getTime() - 21 * 86_400_000),
    now(),
    1,
  );
  return / replacing=(\S+)/.exec(last?.line ?? '')?.[1] ?? '';
}

test('a bad deployment is in the log like any other, and so is its roll-back', async () => {
  const company = await openCompany(database.db);
  const { service, version, replaces = '' } = await broken(company, 'bad-deployment');
  company.pass(10);
  await company.awx.launch('roll-back-deployment', { service, version: replaces });
  company.pass(10);
  const lines = await company.loki.queryRange(
    `{job="deployments"} |= "service=${service} "`,
    friday,
    company.now(),
    10,
  );
  expect(lines.map(({ line }) => line)).toEqual([
    `deployed service=${service} version=${replaces} replacing=${version} by=awx`,
    `deployed service=${service} version=${version} replacing=${replaces} by=pipeline`,
  ]);
  const again = await broken(company, 'bad-deployment');
  expect(again.service).not.toBe(service);
});

test('error lines stop with the mend', async () => {
  const company = await openCompany(database.db);
  const { service, version, replaces = '' } = await broken(company, 'bad-deployment');
  company.pass(10);
  await company.awx.launch('roll-back-deployment', { service, version: replaces });
  company.pass(8);
  const mended = company.now();
  company.pass(60);
  const lines = await company.loki.queryRange(
    `{app="${service}"} |= "${version}"`,
    mended,
    company.now(),
    10,
  );
  expect(lines).toEqual([]);
});

test('breaking goes from place to place, and ends where everything is broken', async () => {
  const { estate, now } = await openCompany(database.db);
  const services: string[] = [];
  for (;;) {
    const said = await estate.break('bad-deployment', now());
    if (said.kind === 'refused') {
      expect(said.because).toBe('Everything that could have a bad-deployment is broken already.');
      break;
    }
    services.push(said.target.service);
  }
  expect(services.toSorted()).toEqual(['catalog', 'checkout', 'orders', 'payments', 'search', 'storefront']);
  expect(await estate.break('earthquake', now())).toEqual({
    kind: 'refused',
    because:
      'There is no fault called "earthquake"; there are bad-deployment, memory-leak, full-disk, process-down, cpu-runaway, connection-pool, queue-backlog, crash-loop, lock-contention, inode-exhaustion, certificate-expiry, dns-failure, ntp-drift, network-loss, slow-queries, replication-lag, dependency-down, cache-stampede, storage-controller, noisy-neighbour.',
  });
});
