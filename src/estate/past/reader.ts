// Reads a cycle of the company's metrics without a wire: what is measured is what comes after (the wire has `scrape`).

import { askedOf, type Metric, queryOf } from '../../monitoring/metric.ts';
import { aboutOf, type Numbered } from '../../systems/prometheus/columns.ts';
import type { Source } from '../../systems/prometheus/source.ts';
import { answersTo } from '../prometheus.ts';
import { parseQuery, type Query } from '../promql.ts';
import type { World } from '../world.ts';

/** A source of cycles over the world as it is. Throws when a metric's query is none the company answers. */
export function openReader(
  world: World,
  metrics: Metric[],
  cycleMs: number,
): Pick<Source, 'cycle' | 'series' | 'close'> {
  const { series, numberOf } = openNumbering();
  const asked = metrics.map((metric) => ({ metric, query: parsed(queryOf(metric, cycleMs)) }));
  return {
    series,
    cycle: async (at) => {
      const read = asked.flatMap(({ metric, query }) =>
        answersTo(query, world).flatMap(({ metric: labels, value }): [number, number][] => {
          const about = aboutOf(askedOf(metric, cycleMs), labels);
          return about ? [[numberOf({ metric: metric.name, ...about }), value(at.getTime())]] : [];
        }),
      );
      return {
        series: Int32Array.from(read, ([number]) => number),
        values: Float64Array.from(read, ([, value]) => value),
        ...{ missing: [], unread: [] },
      };
    },
    close: async () => {},
  };
}

function parsed(promql: string): Query {
  const query = parseQuery(promql);
  if (query.kind === 'refused') throw new Error(query.because);
  return query;
}

/** Gives each series a number the first time it is seen. */
export function openNumbering() {
  const series: Numbered[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (one: Numbered) => {
    const key = JSON.stringify(one);
    const number = numbers.get(key) ?? series.push(one) - 1;
    numbers.set(key, number);
    return number;
  };
  return { series, numberOf };
}
