// What else happened around a signal: which sources are asked, and how a chart's series is asked for.
import type { Switchboard } from './actions/kill.ts';
import type { By } from './audit/entry.ts';
import type { Charter } from './charter/charter.ts';
import { changesOf } from './monitoring/changes/receive.ts';
import type { Drawing } from './monitoring/chart/picture.ts';
import type { Enriching } from './monitoring/enrich.ts';
import { queryOf, queryOfOne } from './monitoring/metric.ts';
import type { Monitor } from './monitoring/monitor.ts';
import type { Site } from './site.ts';
import { openJaeger } from './systems/jaeger/read.ts';
import { openLoki } from './systems/loki/read.ts';
import { openPrometheus } from './systems/prometheus/read.ts';

interface Wanted {
  store: Switchboard;
  site: Site;
  monitor: Monitor;
  drawing: Drawing;
  charter: Charter;
  by: By;
  now(): Date;
  patienceMs?: number | undefined;
}

/** What enriching signals needs on this site. */
export function enrichingOf({
  store,
  site,
  monitor,
  drawing,
  charter,
  by,
  now,
  ...wanted
}: Wanted): Enriching {
  const { inventory } = site;
  // A signal is not kept waiting by a source that is slow.
  const { patienceMs = 2_000 } = wanted;
  const { cycleMs } = monitor;
  return {
    ...{ store, by, inventory, monitor, drawing, cycleMs, patienceMs, now },
    prometheus: openPrometheus({ ...site.prometheus, timeoutMs: patienceMs }),
    loki: openLoki({ ...site.loki, timeoutMs: patienceMs }),
    jaeger: site.jaeger && openJaeger({ ...site.jaeger, timeoutMs: patienceMs }),
    changesOf: (service, since) => changesOf(store.db, service, since),
    // The trial's Prometheus knows no more of PromQL than a selector and a rate.
    queryFor: (metric, subject) =>
      site.kind === 'trial' ? queryOf(metric, cycleMs) : queryOfOne(metric, subject, cycleMs),
    timezone: charter.cadence.standup.timezone,
  };
}
