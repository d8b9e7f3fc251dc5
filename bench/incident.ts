// Whole incidents: the company breaks, and the shipped worker notices, finds the cause, mends and verifies, or asks.
import { fernwood } from '../src/estate/company.ts';
import { faults } from '../src/estate/faults/all.ts';
import { lookAlikes } from '../src/estate/faults/look-alikes.ts';
import { noises } from '../src/estate/faults/noises.ts';
import { seeded } from '../src/estate/noise.ts';
import { type Company, openCompany } from '../src/estate/past/company.ts';
import { type Begun, type Drawn, openDraw } from '../src/estate/past/draw.ts';
import type { Breakage } from '../src/estate/world.ts';
import { openIncidents } from '../src/incidents/read.ts';
import { isOpenWindow } from '../src/inventory/inventory.ts';
import { openSimulation, type Simulation } from '../src/jobs/simulation.ts';
import { pace } from '../src/past-shift.ts';
import { type Judged, judgeRun } from './incident-judge.ts';
import { openWorker, type Worker } from './incident-worker.ts';
import { type Bench, percentile } from './measure.ts';

const usualSeed = 20_261_121;
const count = 200;
const minute = 60_000;
const hour = 60 * minute;
/** The worker looks on for so long before anything breaks. */
const warmMs = minute;
/** Then a person mends whatever is still broken. */
const patienceMs = 12 * minute;
/** What remains open so long after everything is mended ends as a false alarm. */
const closingMs = 6 * minute;

export const incident: Bench = async ({ seed = usualSeed, say, afterwards }) => {
  const random = seeded(seed);
  const simulation = await openSimulation(new Date(Date.UTC(2026, 8, 7, 6)));
  afterwards(simulation.close);
  const herrings = [...lookAlikes, ...noises];
  const company = await openCompany({
    ...{ seed, faults: [...faults, ...herrings], now: simulation.now },
    jobSeconds: () => 10 + 110 * random(),
  });
  afterwards(company.close);
  const worker = await openWorker(simulation, company);
  afterwards(worker.close);
  say(`incident: seed ${seed}, ${count} faults; what is usual is learnt.`);
  const draw = openDraw({ random, kinds: faults, herrings });
  const judged: Judged[] = [];
  const harmful: string[] = [];
  let runs = 0;
  while (judged.length < count) {
    const from = begin(simulation.now().getTime(), random);
    const drawn = draw(company.world, from, count - judged.length);
    const told = await play({ simulation, company, worker }, drawn, from);
    judged.push(...told.judged);
    harmful.push(...told.harmful);
    runs += 1;
    for (const one of told.judged.filter(({ right }) => !right)) say(missed(one, drawn));
    for (const line of told.harmful) say(`incident: harmful: ${line} in ${storyOf(drawn)}`);
    if (runs % 25 === 0) say(`incident: ${judged.length} faults in ${runs} runs.`);
  }
  return figures(judged, harmful, say);
};

/** Some hours later, outside maintenance windows: what is unusual in them is held back, as it should be. */
function begin(now: number, random: () => number): number {
  const at = now + Math.floor((4.5 + 8 * random()) * hour);
  const isOpen = fernwood.services.some(({ windows }) =>
    windows.some((one) => [0, 10, 20].some((later) => isOpenWindow(one, new Date(at + later * minute)))),
  );
  return isOpen ? begin(now, random) : at;
}

interface Stage {
  simulation: Simulation;
  company: Company;
  worker: Worker;
}

/** One run: the worker looks on, it breaks, and it goes on until all is over. */
async function play(stage: Stage, drawn: Drawn, from: number) {
  const { simulation, company, worker } = stage;
  const { world } = company;
  // Long mended: nothing looks back as far as that.
  world.breakages = [];
  world.jobs = [];
  const since = new Date(from - 15 * minute - warmMs);
  const real = drawn.faults.map((one, nth) => breakageOf(one, nth + 1));
  const besides = drawn.herrings.map((one, nth) => breakageOf(one, 10 + nth));
  world.breakages.push(...real, ...besides);
  const begins = from - warmMs;
  await simulation.run(worker.handlers, new Date(begins));
  let over = false;
  for (let at = begins; !over; at += pace.cycleMs) {
    const now = new Date(at);
    await simulation.run(worker.handlers, now);
    await worker.cycle(now);
    await worker.approve(drawn.answerMs);
    await simulation.run(worker.handlers, now);
    company.look();
    const isLate = at > from + patienceMs;
    if (isLate) for (const one of real) one.mendedAt ??= now;
    const mended = at > from + minute && real.every(({ mendedAt }) => mendedAt);
    // What looks like a fault ends by itself.
    if (mended || at > from + 8 * minute) for (const one of besides) one.mendedAt ??= now;
    if (mended) over = (await openIncidents(worker.db)).length === 0;
    if (at > from + patienceMs + closingMs) over = true;
  }
  const told = await judgeRun(worker, company, drawn, { since, real });
  await worker.forget();
  return told;
}

function breakageOf({ fault, target, at }: Begun, id: number): Breakage {
  return { id, name: fault.name, target, first: false, startedAt: new Date(at) };
}

function storyOf({ faults: all, herrings }: Drawn): string {
  const told = ({ fault, target: { service, server, magnitude = 1 } }: Begun) =>
    `${fault.name} of ${service}${server ? ` on ${server}` : ''} ×${magnitude.toFixed(1)}`;
  return [...all, ...herrings].map(told).join(' + ');
}

function missed({ fault, said }: Judged, drawn: Drawn): string {
  return `incident: ${fault} not first in ${storyOf(drawn)}: ${said}`;
}

function figures(judged: Judged[], harmful: string[], say: (line: string) => void) {
  for (const [fault, all] of Map.groupBy(judged, (one) => one.fault)) {
    const alone = all.filter((one) => one.alone);
    say(
      `incident: ${fault}: right first ${part(all, ({ right }) => right)}, dumb ${part(all, ({ dumbRight }) => dumbRight)}, mended alone ${part(alone, ({ mendedAlone }) => mendedAlone)}, under 4 min ${part(all, isQuick)}.`,
    );
  }
  const pairs = judged.filter(({ pair }) => pair);
  say(`incident: of two at once: right first ${part(pairs, ({ right }) => right)}.`);
  const causes = judged.map(({ causeMs = Number.POSITIVE_INFINITY }) => causeMs);
  const verified = judged.flatMap(({ verifiedMs }) => verifiedMs ?? []);
  const mitigated = judged.flatMap(({ mitigatedMs }) => mitigatedMs ?? []);
  const alone = judged.filter((one) => one.alone);
  const free = { against: null, ratio: null };
  return [
    share('right_first_share', judged, ({ right }) => right, 0.9),
    { ...share('dumb_right_first_share', judged, ({ dumbRight }) => dumbRight, 1), ...free },
    { metric: 'harmful', value: harmful.length, unit: 'changes', against: 'bar 0', ratio: null },
    share('mended_share', alone, ({ mendedAlone }) => mendedAlone, 0.9),
    share('mitigated_under_4min_share', judged, isQuick, 0.78),
    held('signal_to_cause_ms_p95', percentile(causes, 0.95), 'ms', 5_000),
    held('mended_to_verified_s_p50', percentile(verified, 0.5) / 1_000, 's', pace.verifyMs / 1_000),
    held('mended_to_verified_s_p95', percentile(verified, 0.95) / 1_000, 's', pace.verifyMs / 1_000),
    { metric: 'mitigated_s_p50', value: percentile(mitigated, 0.5) / 1_000, unit: 's', ...free },
    { metric: 'faults', value: judged.length, unit: 'faults', ...free },
  ];
}

function isQuick({ mitigatedMs }: Judged): boolean {
  return mitigatedMs !== undefined && mitigatedMs < 4 * minute;
}

function part(all: Judged[], which: (one: Judged) => boolean): string {
  return `${all.filter(which).length} of ${all.length}`;
}

function share(metric: string, all: Judged[], which: (one: Judged) => boolean, bar: number) {
  const hits = all.filter(which).length;
  return { ...held(metric, hits / all.length, 'share', bar), hits, of: all.length };
}

function held(metric: string, value: number, unit: string, bar: number) {
  return { metric, value, unit, against: `bar ${bar}`, ratio: value / bar };
}
