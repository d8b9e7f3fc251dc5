import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { askedOf, type Metric, metricSetSchema } from '../../src/monitoring/metric.ts';
import type { Asked } from '../../src/systems/prometheus/columns.ts';
import { openPrometheus } from '../../src/systems/prometheus/read.ts';
import { openSource, type Source } from '../../src/systems/prometheus/source.ts';
import {
  folderForTest,
  importToPrometheus,
  importToVictoriaMetrics,
  installed,
  startNodeExporter,
  startPrometheus,
  startVictoriaMetrics,
  until,
} from './real.ts';

const day = 86_400;
const step = 300;
const to = Math.floor(Date.now() / 1_000 / step) * step - 3_600;
const from = to - 21 * day;

/** Two servers, five minutes apart for 21 days: `value` at unix seconds. */
const history = ['web-1', 'web-2'].map((instance, nth) => ({
  metric: { __name__: 'node_load5', instance, job: 'node' },
  times: Array.from({ length: (to - from) / step + 1 }, (_, place) => from + place * step),
  value: (at: number) => Math.round(1_000 * (nth + 2 + Math.sin(at / 7_000))) / 1_000,
}));

async function historyIs(url: string): Promise<void> {
  const { queryRange } = openPrometheus({ url });
  const series = await queryRange('node_load5', new Date(from * 1_000), new Date(to * 1_000), step);
  expect(series.map(({ labels }) => labels.instance).sort()).toEqual(['web-1', 'web-2']);
  for (const { metric, times, value } of history) {
    const read = series.find(({ labels }) => labels.instance === metric.instance)?.values;
    expect(read).toEqual(times.map((at) => [at, value(at)]));
  }
}

test.skipIf(!installed('prometheus', 'promtool'))(
  'Prometheus: 21 days that were imported are read back over all pages, to the last value',
  async () => {
    const folder = folderForTest();
    const samples = history.flatMap(({ metric, times, value }) =>
      times.map((at) => `node_load5{instance="${metric.instance}",job="node"} ${value(at)} ${at}`),
    );
    await importToPrometheus(folder, ['# TYPE node_load5 gauge', ...samples, '# EOF', ''].join('\n'));
    const url = await startPrometheus(folder);
    await historyIs(url);
    const source = openSource({ url }, [plain('node_load5')]);
    await source.cycle(new Date());
    await source.close();
    expect(source.system).toBe('Prometheus');
  },
);

const plain = (promql: string): Asked => ({ name: promql, promql, label: 'instance', worst: 'most' });

async function read(source: Source, at: Date) {
  const { series, values, missing } = await source.cycle(at);
  expect(missing).toEqual([]);
  return new Map([...series].map((number, nth) => [source.series[number]?.subject ?? '', values[nth]]));
}

test.skipIf(!installed('victoria-metrics'))(
  'VictoriaMetrics: 21 days that were imported are read back, and an export gives the values of an instant query',
  async () => {
    const url = await startVictoriaMetrics(folderForTest());
    const of = (at: number) => at * 1_000;
    await importToVictoriaMetrics(
      url,
      history.map(({ metric, times, value }) => ({
        metric,
        values: times.map(value),
        timestamps: times.map(of),
      })),
    );
    await historyIs(url);

    const now = Math.floor(Date.now() / 1_000) * 1_000;
    const fleet = Array.from({ length: 500 }, (_, nth) => ({
      metric: { __name__: 'up', instance: `größe "${nth}"},{`, job: 'node' },
      values: [nth, nth + 0.5, -1 - nth],
      timestamps: [now - 400_000, now - 120_000, now - 60_000 - nth],
    }));
    const old = { metric: { __name__: 'up', instance: 'gone' }, values: [1], timestamps: [now - 400_000] };
    await importToVictoriaMetrics(url, [...fleet, old]);
    const exported = openSource({ url }, [plain('up')]);
    const instant = openSource({ url }, [plain('up + 0')]);
    const values = await read(exported, new Date(now));
    expect(values).toEqual(new Map(fleet.map(({ metric, values }) => [metric.instance, values[2]])));
    expect(await read(instant, new Date(now))).toEqual(values);
    expect([exported.system, instant.system]).toEqual(['VictoriaMetrics', 'VictoriaMetrics']);
    await Promise.all([exported.close(), instant.close()]);
  },
);

/** What a machine may not have: swap, a connection table, systemd told of, blocks read or written in this minute. */
const optional =
  /^node_(swap_used|connections_tracked|units_failed|disk_(read|write)_latency|disk_busy|filesystem_.*|network_.*|clock_skew)$/;

test.skipIf(!installed('prometheus', 'prometheus-node-exporter'))(
  'the ready set for node_exporter: Prometheus takes every query, and this machine answers',
  async () => {
    const { metrics } = metricSetSchema.parse(
      parse(readFileSync('manifests/metrics/node-exporter.yaml', 'utf8')),
    );
    const exporter = await startNodeExporter();
    const url = await startPrometheus(folderForTest(), [exporter.replace('http://', '')]);
    // Rates need two scrapes: asked over four cycles of a second.
    const source = openSource(
      { url },
      metrics.map((metric) => askedOf(metric, 1_000)),
    );
    let answered = new Set<string>();
    const wanted = metrics.map(({ name }) => name).filter((name) => !optional.test(name));
    await until(
      async () => {
        const { series, missing } = await source.cycle(new Date());
        expect(missing).toEqual([]);
        answered = new Set([...series].map((number) => source.series[number]?.metric ?? ''));
        return wanted.every((name) => answered.has(name));
      },
      `an answer to each of ${wanted.join(', ')}`,
    );
    expect(new Set(source.series.map(({ subject }) => subject))).toEqual(
      new Set([exporter.replace('http://', '')]),
    );
    expect(metrics.filter(hasNoUnit)).toEqual([]);
    await source.close();
  },
);

function hasNoUnit({ unit, says }: Metric): boolean {
  return unit === '' || says === '';
}
