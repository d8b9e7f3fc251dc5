// How many failures that announce themselves are foretold, how long before, and how often in vain.
// The company over sixty simulated days: learnt on the first half, scored on the second, beside look-alikes that come to nothing.
import { fernwood } from '../src/estate/company.ts';
import { creeping, lookAlikes } from '../src/estate/faults/creeping.ts';
import { readManifests } from '../src/manifests.ts';
import { calendarSchema } from '../src/monitoring/calendar.ts';
import {
  type LeadIn,
  learnSignatures,
  type Signatures,
  watchFor,
} from '../src/monitoring/lookout/precursor.ts';
import type { Metric } from '../src/monitoring/metric.ts';
import { openSight } from '../src/monitoring/sight.ts';
import { type Bench, percentile } from './measure.ts';
import { openRecorder, type Recorder } from './recorder.ts';
import { cycleFrom, day, minute, openScene, type Scene, type Truth } from './scene.ts';

const days = 60;
const seed = 20_261_121;
const lead: [number, number] = [15, 90];

export const precursors: Bench = async ({ say }) => {
  const metrics = readManifests('manifests').metrics;
  const kinds = [...creeping, ...lookAlikes].map(({ name }) => ({ fault: name, lead }));
  const from = Date.UTC(2026, 8, 7);
  const scene = openScene({ seed, metrics, from, days, besides: lookAlikes, kinds, perDay: 2.5 });
  say(`precursors: seed ${seed}, ${scene.truths.length} lead-ins, half of them look-alikes.`);
  const seen = recorded(scene, metrics);
  const half = from + (days / 2) * day;
  const real = (truth: Truth) => creeping.some(({ name }) => name === truth.fault);
  const [past, later] = [
    scene.truths.filter(({ start }) => start < half),
    scene.truths.filter(({ start }) => start >= half),
  ];
  const signatures = learnt(seen, past.filter(real), scene.from, half);
  say(
    `precursors: learnt ${signatures.known.map(({ family, bar }) => `${family} (bar ${bar.toFixed(1)})`).join(', ')}.`,
  );
  const warnings = warned(seen, signatures, half, scene.to);
  const scored = score(warnings, later.filter(real));
  const weeks = (scene.to - half) / (7 * day);
  const of = later.filter(real).length;
  return [
    {
      metric: 'found_share',
      value: scored.leads.length / of,
      unit: 'share',
      against: 'bar 0.68',
      ratio: scored.leads.length / of / 0.68,
    },
    { metric: 'found_hits', value: scored.leads.length, unit: `of ${of}`, against: null, ratio: null },
    {
      metric: 'lead_min_median',
      value: percentile(scored.leads, 0.5),
      unit: 'min',
      against: 'bar 34 min',
      ratio: percentile(scored.leads, 0.5) / 34,
    },
    {
      metric: 'false_per_week',
      value: scored.wrong / weeks,
      unit: '1/week',
      against: 'bar 1',
      ratio: scored.wrong / weeks,
    },
  ];
};

/** Every minute as the product sees it, after three weeks of history. */
function recorded(scene: Scene, metrics: Metric[]): Recorder {
  const sight = openSight({ metrics, inventory: fernwood, calendar: calendarSchema.parse({}) });
  const about = scene.series.map(({ metric, subject }) => ({ metric: metric.name, subject, part: '' }));
  for (const [nth, one] of about.entries()) {
    const past: [number, number][] = [];
    for (let at = scene.from - 21 * day; at < scene.from; at += 5 * minute)
      past.push([at / 1_000, scene.series[nth]?.value(at) ?? 0]);
    sight.learn(one, past);
  }
  const recorder = openRecorder(sight, metrics, scene);
  const series = Int32Array.from(about.keys());
  for (let at = scene.from; at < scene.to; at += minute) {
    const read = { series, values: Float64Array.from(scene.series, ({ value }) => value(at)) };
    recorder.note(at, read, sight.see(at / 1_000, read, about));
  }
  return recorder;
}

function learnt({ servers, vector, leadIn }: Recorder, past: Truth[], from: number, to: number): Signatures {
  const leadIns = past.map(({ fault, target, fails }, nth): LeadIn => {
    return { family: fault, incident: `inc-${nth + 1}`, seen: leadIn(target.server ?? '', cycleFrom(fails)) };
  });
  const quiet: number[][] = [];
  for (const server of servers) {
    const busy = past
      .filter(({ target }) => target.server === server)
      .map(({ start, cleared }) => [start, cleared + 30 * minute]);
    for (let time = from; time < to; time += 5 * minute)
      if (!busy.some(([a = 0, b = 0]) => time >= a && time <= b)) quiet.push(vector(server, time));
  }
  return learnSignatures(leadIns, quiet);
}

interface Told {
  server: string;
  family: string;
  at: number;
}

function warned({ servers, vector }: Recorder, signatures: Signatures, from: number, to: number): Told[] {
  const { see } = watchFor(signatures);
  const told: Told[] = [];
  for (const server of servers) {
    for (let time = from; time < to; time += minute) {
      const warning = see(server, vector(server, time), time / minute);
      if (warning) told.push({ server, family: warning.signature.family, at: time });
    }
  }
  return told;
}

/** Right when it names the failure that comes, on its server, within ninety minutes; wrong when none was under way there. */
function score(told: Told[], failures: Truth[]): { leads: number[]; wrong: number } {
  const leads = failures.flatMap(({ fault, target, start, fails }) => {
    const first = told.find(
      (one) => one.server === target.server && one.family === fault && one.at >= start && one.at < fails,
    );
    return first ? [(fails - first.at) / minute] : [];
  });
  const wrong = told.filter(
    (one) => !failures.some(({ start, cleared }) => one.at >= start && one.at <= cleared + 10 * minute),
  );
  return { leads, wrong: wrong.length };
}
