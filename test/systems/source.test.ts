import { expect, onTestFinished, test } from 'vitest';
import { type Asked, openCollector, workloadOf } from '../../src/systems/prometheus/columns.ts';
import { openSource, type Source } from '../../src/systems/prometheus/source.ts';
import { isSelector } from '../../src/systems/victoriametrics/read.ts';
import { openWire, type Seen } from './wire.ts';

const at = new Date(1763720000_000);
const plain = (name: string, promql = name): Asked => ({ name, promql, label: 'instance', worst: 'most' });
const builtBy = { prometheus: { version: '2.42.0', goVersion: 'go1.19.8' }, victoriametrics: {} };

interface Outside {
  /** The series of a query, as they are now. */
  series(query: string): { labels: Record<string, string>; values: string[] }[];
  built?: object;
  broken?: (path: string, query: string) => { status: number; body: unknown } | 'silence' | undefined;
}

/** Answers both systems' questions with the same series. */
function answering({ series, built = builtBy.prometheus, broken }: Outside) {
  return ({ path, params }: Seen) => {
    const asked = params.get('query') ?? params.get('match[]') ?? '';
    const wrong = broken?.(path, asked);
    if (wrong) return wrong;
    if (path === '/api/v1/status/buildinfo') return { body: { status: 'success', data: built } };
    if (path === '/api/v1/export') return { body: series(asked).map(exported).join('') };
    const result = series(asked).map(({ labels, values }) => ({
      metric: labels,
      value: [at.getTime() / 1_000, values.at(-1)],
    }));
    return { body: { status: 'success', data: { resultType: 'vector', result } } };
  };
}

function exported({ labels, values }: { labels: Record<string, string>; values: string[] }): string {
  const times = values.map((_, nth) => at.getTime() - 60_000 * (values.length - 1 - nth));
  return `{"metric":${JSON.stringify(labels)},"values":[${values.join(',')}],"timestamps":[${times.join(',')}]}\n`;
}

async function open(outside: Outside, asked: Asked[], timeoutMs?: number) {
  const wire = await openWire(answering(outside));
  const source = openSource({ url: wire.url, ...(timeoutMs && { timeoutMs }) }, asked);
  onTestFinished(async () => {
    await source.close();
    await wire.close();
  });
  return { source, seen: wire.seen };
}

async function read(source: Source) {
  const { series, values, missing } = await source.cycle(at);
  const named = [...series].map((number, nth) => {
    const { metric, subject, part } = source.series[number] ?? { metric: '?', subject: '?', part: '?' };
    return `${metric} ${subject}${part && ` ${part}`} ${values[nth]}`;
  });
  return { named: named.sort(), missing };
}

const both = [
  { system: 'Prometheus', built: builtBy.prometheus, path: '/api/v1/query' },
  { system: 'VictoriaMetrics', built: builtBy.victoriametrics, path: '/api/v1/export' },
] as const;

test.each(both)('a cycle from $system, as columns', async ({ system, built, path }) => {
  const fleet: Outside['series'] = (query) =>
    ['web-1', 'größe "a"},"values":[1', 'db\\2'].map((instance, nth) => ({
      labels: { __name__: query, instance },
      values: ['7', String(nth + 1.5)],
    }));
  const { source, seen } = await open({ series: fleet, built }, [plain('load'), plain('temperature')]);
  const wanted = ['load', 'temperature'].flatMap((metric) => [
    `${metric} db\\2 3.5`,
    `${metric} größe "a"},"values":[1 2.5`,
    `${metric} web-1 1.5`,
  ]);
  expect(await read(source)).toEqual({ named: wanted, missing: [] });
  // A second cycle knows them all: the numbers stay.
  expect(await read(source)).toEqual({ named: wanted, missing: [] });
  expect(source.series).toHaveLength(6);
  expect(source.system).toBe(system);
  expect(new Set(seen.map((one) => one.path))).toEqual(new Set(['/api/v1/status/buildinfo', path]));
});

test.each(both)(
  '$system: what is no number, has ended or lacks its label is not there',
  async ({ built }) => {
    const ended = built === builtBy.victoriametrics ? 'null' : 'NaN';
    const infinite = built === builtBy.victoriametrics ? '"Infinity"' : '+Inf';
    const series: Outside['series'] = () => [
      { labels: { instance: 'web-1' }, values: ['4', ended] },
      { labels: { instance: 'web-2' }, values: ['4', infinite] },
      { labels: { instance: 'web-3' }, values: ['4', '-2e-7'] },
      { labels: { job: 'node' } as Record<string, string>, values: ['4'] },
    ];
    const { source } = await open({ series, built }, [plain('load')]);
    expect((await read(source)).named).toEqual(['load web-3 -2e-7']);
  },
);

test.each(both)('$system: the worst stands for those that nothing keeps apart', async ({ built }) => {
  const series = (query: string) =>
    query === 'free'
      ? ['/', '/data'].map((mountpoint, nth) => ({
          labels: { instance: 'a', mountpoint },
          values: [String(nth)],
        }))
      : ['cart-5d8f7c9b6d-x2k4q', 'cart-5d8f7c9b6d-zz9pl', 'mail-0'].map((pod, nth) => ({
          labels: { instance: 'a', pod },
          values: [String(nth)],
        }));
  const { source } = await open({ series, built }, [
    { ...plain('least', 'free'), worst: 'least' },
    { ...plain('most', 'free') },
    { ...plain('apart', 'free'), each: ['mountpoint'] },
    { ...plain('pods'), workload: 'pod' },
  ]);
  expect((await read(source)).named).toEqual([
    'apart a / 0',
    'apart a /data 1',
    'least a 0',
    'most a 1',
    'pods a cart 1',
    'pods a mail 2',
  ]);
});

test('what is more than a selector is asked of a VictoriaMetrics as of a Prometheus', async () => {
  const series = () => [{ labels: { instance: 'a' }, values: ['1'] }];
  const asked = [plain('rate', 'rate(errors_total[4m])'), plain('up', 'up{job=~"a|{b}"}')];
  const { source, seen } = await open({ series, built: {} }, asked);
  expect((await read(source)).named).toEqual(['rate a 1', 'up a 1']);
  const questions = seen
    .slice(1)
    .map(({ path, params }) => [path, params.get('query') ?? params.get('match[]')]);
  expect(questions.sort()).toEqual([
    ['/api/v1/export', 'up{job=~"a|{b}"}'],
    ['/api/v1/query', 'rate(errors_total[4m])'],
  ]);
});

test.each([
  ['up', true],
  [' node:load_5 ', true],
  ['up{job="a}b\\"",env!~"x"}', true],
  ['up{}', true],
  ['up offset 5m', false],
  ['up[5m]', false],
  ['sum(up)', false],
  ['1 - up', false],
  ['{job="a"}', false],
])('%s is a bare selector: %s', (promql, is) => {
  expect(isSelector(promql)).toBe(is);
});

test.each([
  ['cart-5d8f7c9b6d-x2k4q', 'cart'],
  ['checkout-front-7f8c6b5d4-bcdfg', 'checkout-front'],
  ['backup-28512345-x2k4q', 'backup'],
  ['agent-x2k4q', 'agent'],
  ['db-0', 'db'],
  ['checkout-front', 'checkout-front'],
  ['cart', 'cart'],
  ['', ''],
])('the pod %j is of the workload %j', (pod, workload) => {
  expect(workloadOf(pod)).toBe(workload);
});

test('a metric that is refused is named with the reason, and the others are read', async () => {
  const series = () => [{ labels: { instance: 'a' }, values: ['1'] }];
  const body = { status: 'error', errorType: 'bad_data', error: 'unclosed left parenthesis' };
  const broken = (_: string, query: string) => (query === 'sum(' ? { status: 400, body } : undefined);
  const { source } = await open({ series, broken }, [plain('wrong', 'sum('), plain('right')]);
  expect(await read(source)).toEqual({
    named: ['right a 1'],
    missing: [
      'wrong could not be read: Prometheus answered GET /api/v1/query with 400: bad_data: unclosed left parenthesis',
    ],
  });
});

test('a source that is silent is said once, waited for once, and asked again in the next cycle', async () => {
  let down = true;
  const series = () => [{ labels: { instance: 'a' }, values: ['1'] }];
  const broken = () => (down ? ('silence' as const) : undefined);
  const asked = Array.from({ length: 20 }, (_, nth) => plain(`m${nth}`));
  const { source, seen } = await open({ series, broken }, asked, 1_500);
  expect(await read(source)).toEqual({
    named: [],
    missing: [
      'No metric could be read: Prometheus did not answer GET /api/v1/status/buildinfo: no answer within 1.5 s',
    ],
  });
  expect(seen).toHaveLength(1);
  expect(source.system).toBeUndefined();
  down = false;
  expect((await read(source)).named).toHaveLength(20);
});

test('a line that is no series is told, and nothing of that metric is kept', async () => {
  const broken = (path: string) =>
    path === '/api/v1/export'
      ? { status: 200, body: `${exported(one)}{"metric":{"instance":"b"}}\n` }
      : undefined;
  const one = { labels: { instance: 'a' }, values: ['1'] };
  const { source } = await open({ series: () => [one], built: {}, broken }, [plain('load')]);
  expect(await read(source)).toEqual({
    named: [],
    missing: [
      'No metric could be read: VictoriaMetrics answered GET /api/v1/export with a line that is no series',
    ],
  });
});

test('a series in several pieces counts with its latest sample', async () => {
  const line = (value: number, time: number) =>
    `{"metric":{"instance":"a"},"values":[${value}],"timestamps":[${time}]}\n`;
  const broken = (path: string) =>
    path === '/api/v1/export' ? { status: 200, body: line(1, 10) + line(3, 30) + line(2, 20) } : undefined;
  const { source } = await open({ series: () => [], built: {}, broken }, [plain('load')]);
  expect((await read(source)).named).toEqual(['load a 3']);
});

test('numbers given out before are kept by the thread that takes over', () => {
  const asked = [plain('a'), { ...plain('b'), each: ['disk'] }];
  const first = openCollector(asked);
  const labels = [
    { instance: 'x', disk: 'sda' },
    { instance: 'y', disk: '' },
  ];
  const numbers = [0, 1].flatMap((metric) => labels.map((one) => first.numberOf(metric, one)));
  const told = first.fresh();
  const known = [...(told?.metrics ?? [])].map((metric, nth) => ({
    metric: asked[metric]?.name ?? '',
    subject: told?.subjects[nth] ?? '',
    part: told?.parts[nth] ?? '',
  }));
  const second = openCollector(asked, known);
  expect([0, 1].flatMap((metric) => labels.map((one) => second.numberOf(metric, one)))).toEqual(numbers);
  expect(second.fresh()).toBeUndefined();
  expect(second.numberOf(0, { instance: 'z' })).toBe(4);
});
