// What the company's own faults come to over sixty simulated days: found or not, how soon, and how much noise besides.
import { fernwood } from '../src/estate/company.ts';
import { creeping } from '../src/estate/faults/creeping.ts';
import { neighbours } from '../src/inventory/inventory.ts';
import { readManifests } from '../src/manifests.ts';
import { openPosting, type Posted } from '../src/monitoring/backtest/posted.ts';
import { calendarSchema } from '../src/monitoring/calendar.ts';
import { foundBy } from '../src/monitoring/finding.ts';
import { type Lookout, openLookout } from '../src/monitoring/lookout/lookout.ts';
import { openSample } from '../src/monitoring/lookout/sample.ts';
import { openSight, type Sight } from '../src/monitoring/sight.ts';
import { type Bench, percentile } from './measure.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { cycleFrom, day, minute, openScene, type Scene, type Truth } from './scene.ts';

const days = 60;
const seed = 20_261_121;
const plain = ['bad-deployment', 'memory-leak', 'full-disk'].map((fault) => ({ fault }));
const creep = creeping.map(({ name }) => ({ fault: name, lead: [15, 90] as [number, number] }));

export const estate: Bench = async ({ say }) => {
  const { metrics } = readManifests('manifests');
  const from = Date.UTC(2026, 8, 7);
  const scene = openScene({ seed, metrics, from, days, kinds: [...plain, ...creep], perDay: 2.5 });
  say(`estate: seed ${seed}, ${scene.truths.length} faults on ${scene.series.length} series.`);
  const sight = openSight({ metrics, inventory: fernwood, calendar: calendarSchema.parse({}) });
  const lookout = learnt(sight, scene, metrics);
  say('estate: 21 days of history learnt.');
  const recorder = openRecorder(sight, metrics, scene);
  const { posted, alerts } = streamed({ sight, lookout, recorder }, scene, say);
  return lines(scene, posted, alerts, say);
};

const numbered = ({ series }: Scene) =>
  series.map(({ metric, subject }) => ({ metric: metric.name, subject, part: '' }));

function readAt({ series }: Scene, at: number) {
  return {
    series: Int32Array.from(series, (_, nth) => nth),
    values: Float64Array.from(series, ({ value }) => value(at)),
    ...{ missing: [], unread: [] },
  };
}

/** Learns the three weeks before, as at a first start. */
function learnt(sight: Sight, scene: Scene, metrics: Scene['series'][number]['metric'][]): Lookout {
  const sample = openSample();
  for (const [nth, one] of numbered(scene).entries()) {
    const past: [number, number][] = [];
    for (let at = scene.from - 21 * day; at < scene.from; at += 5 * minute)
      past.push([at / 1_000, scene.series[nth]?.value(at) ?? 0]);
    sight.learn(one, past, sample.put);
  }
  return openLookout({ sight, metrics, inventory: fernwood, cycleMs: minute, sample });
}

interface Product {
  sight: Sight;
  lookout: Lookout;
  recorder: Recorder;
}

/** Every minute of the days: what is posted, and what static thresholds would have told. What goes before failures is learnt anew each night. */
function streamed({ sight, lookout, recorder }: Product, scene: Scene, say: (line: string) => void) {
  const about = numbered(scene);
  const post = openPosting(fernwood);
  const posted: Posted[] = [];
  const thresholds = staticOf(scene);
  let alerts = 0;
  for (let at = scene.from; at < scene.to; at += minute) {
    const read = readAt(scene, at);
    const seen = sight.see(at / 1_000, read, about);
    const found = [...seen.open.map(foundBy), ...lookout.see(at / 1_000, read, seen)];
    for (const one of post(at / 1_000, found)) posted.push({ ...one, at });
    recorder.note(at, read, seen);
    alerts += thresholds.filter((beyond, nth) => beyond(read.values[nth] as number)).length;
    if (at > scene.from && at % day === 0)
      lookout.watchFor(recorder.learnt(at, incidentsOf(scene, posted, at)));
    if (at % (10 * day) === 0)
      say(`estate: day ${(at - scene.from) / day}, ${posted.length} signals so far.`);
  }
  return { posted, alerts };
}

/** What was an incident by now: opened when something critical was posted, at the latest when it failed, and mended since. */
function incidentsOf({ truths }: Scene, posted: Posted[], now: number) {
  return truths.flatMap((truth, nth) => {
    const { fault, target, start, fails, cleared } = truth;
    if (cleared > now || target.server === undefined) return [];
    const near = nearby(truth);
    const first = posted.find(
      ({ at, kind, band, service }) =>
        kind === 'anomaly' && band === 'critical' && at >= start && at <= cleared && near.includes(service),
    );
    const openedAt = new Date(Math.min(first?.at ?? fails, cycleFrom(fails)));
    return [{ id: `inc-${nth + 1}`, family: fault, server: target.server, openedAt }];
  });
}

/** One alert a series and episode: beyond its threshold for five minutes. It is what holds in 99.9 of 100 hours of history, and a tenth more. */
function staticOf(scene: Scene): ((value: number) => boolean)[] {
  return scene.series.map(({ metric, value }) => {
    const seen: number[] = [];
    for (let at = scene.from - 21 * day; at < scene.from; at += 60 * minute) seen.push(value(at));
    const up = metric.bad !== 'down';
    const limit = percentile(seen, up ? 0.99 : 0.01);
    let minutes = 0;
    return (now) => {
      minutes = (up ? now > limit : now < limit) ? minutes + 1 : 0;
      return minutes === 5;
    };
  });
}

const foretells = ({ kind }: Posted) => kind === 'precursor' || kind === 'forecast';

/** Whether a signal tells of a fault: from when it shows on; what foretells it, from when it began. */
function tellsOf({ at, service, ...one }: Posted, truth: Truth): boolean {
  const since = foretells({ at, service, ...one }) ? truth.start : (truth.visible ?? 0);
  return at >= since && at <= truth.cleared + 10 * minute && nearby(truth).includes(service);
}

function lines({ truths, from, to }: Scene, posted: Posted[], alerts: number, say: (line: string) => void) {
  const shown = truths.filter(({ visible }) => visible !== undefined);
  const firsts = shown.map((truth) => {
    const first = posted.find((one) => one.at >= (truth.visible ?? 0) && tellsOf(one, truth));
    return { truth, first };
  });
  const wrong = posted.filter((one) => !shown.some((truth) => tellsOf(one, truth)));
  const found = firsts.filter(({ first }) => first !== undefined);
  const waitOf = ({ truth, first }: (typeof firsts)[number]) =>
    ((first?.at ?? 0) - (truth.visible ?? 0)) / minute;
  for (const [fault, all] of Map.groupBy(firsts, ({ truth }) => truth.fault)) {
    const hits = all.filter(({ first }) => first);
    const median = percentile(hits.map(waitOf), 0.5);
    say(`estate: ${fault}: ${hits.length} of ${all.length}, median ${median} cycles from visible.`);
  }
  for (const [kind, all] of Map.groupBy(posted, ({ kind }) => kind)) {
    const not = all.filter((one) => wrong.includes(one));
    const early = not.filter(({ at, service }) =>
      shown.some(
        (truth) => at >= truth.start && at <= (truth.visible ?? 0) && nearby(truth).includes(service),
      ),
    );
    say(
      `estate: ${kind}: ${all.length} posted, ${not.length} of them false, ${early.length} of these too early only.`,
    );
  }
  const before = posted.filter(
    (one) => foretells(one) && shown.some((truth) => tellsOf(one, truth) && one.at < (truth.visible ?? 0)),
  );
  say(`estate: ${before.length} of what foretold something came before it was visible.`);
  const simulated = (to - from) / day;
  return [
    held('found_share', found.length / shown.length, 'share', 0.95),
    held('cycles_from_visible_median', percentile(found.map(waitOf), 0.5), 'cycles', 2),
    held('false_positive_rate', wrong.length / posted.length, 'share', 0.2),
    held('false_per_day', wrong.length / simulated, '1/day', 1),
    held('noise_reduction', 1 - posted.length / alerts, 'share', 0.8),
    { metric: 'signals', value: posted.length, unit: 'signals', against: null, ratio: null },
    { metric: 'static_alerts', value: alerts, unit: 'alerts', against: null, ratio: null },
  ];
}

function held(metric: string, value: number, unit: string, bar: number) {
  return { metric, value, unit, against: `bar ${bar}`, ratio: value / bar };
}

function nearby({ target }: Truth): string[] {
  return [target.service, ...servicesOf(target.server), ...around(target.service)];
}

function servicesOf(server: string | undefined): string[] {
  return fernwood.servers.find(({ id }) => id === server)?.services ?? [];
}

function around(service: string): string[] {
  return neighbours(fernwood, service).map(({ id }) => id);
}
