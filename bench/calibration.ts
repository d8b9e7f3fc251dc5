// How far a confidence can be trusted on a system it was not fitted on: learnt from the other systems, then streamed
// through the target case by case, each predicted before it is revealed.
import { mean } from 'simple-statistics';
import { seeded } from '../src/estate/noise.ts';
import { rank } from '../src/incidents/diagnose/rank.ts';
import { calibrated, enoughOutcomes, type Outcome } from '../src/knowledge/calibration/calibrate.ts';
import { readManifests } from '../src/manifests.ts';
import type { Line } from './causes-score.ts';
import { companies, failuresOf } from './companies.ts';
import type { Bench } from './measure.ts';
import { readDays } from './nezha.ts';
import { casesOf } from './nezha-causes.ts';
import { hasPetshop, readPetshop } from './petshop-read.ts';
import { learnSureness, sureOf } from './sureness.ts';

/** A ranking's first suspect and whether it is the cause; without features nothing was named. */
interface Judged {
  features: number[] | undefined;
  right: boolean;
}

interface System {
  name: string;
  cases: Judged[];
}

/** A prediction that was made, with how many outcomes of the system were known. */
interface Made {
  sure: number;
  right: boolean;
  known: number;
}

const seed = 20_261_121;
const each = 260;
const orders = 20;
const bins = 10;
const at = 0.85;
const act = 0.65;

export const calibration: Bench = async ({ say }) => {
  const systems = readSystems(say);
  const streams = systems.map((target) => streamed(target, systems));
  systems.forEach(({ name, cases }, nth) => {
    const right = cases.filter((one) => one.right).length;
    say(`calibration: ${name}: ${right} of ${cases.length} right; ${summary(streams[nth] as Made[][])}.`);
  });
  return lines(systems, streams);
};

function readSystems(say: (line: string) => void): System[] {
  const shop = '../shared/data/petshop/low_traffic';
  const days = readDays('../shared/data/nezha-ob');
  const { metrics } = readManifests('manifests');
  const judge = (known: Parameters<typeof rank>[0], causes: string[]): Judged => {
    const ranking = rank(known);
    if (ranking.kind === 'none') return { features: undefined, right: false };
    const [{ features, node }] = ranking.suspects;
    return { features, right: causes.includes(node) };
  };
  const open = [
    ...(hasPetshop(shop) ? [{ name: 'petshop', cases: readPetshop(shop).issues }] : []),
    ...(typeof days === 'string'
      ? []
      : [{ name: 'nezha', cases: days.flatMap((day) => casesOf('../shared/data/nezha-ob', day)) }]),
  ];
  if (open.length < 2)
    say('calibration: without PetShop and Nezha in ../shared/data it is fitted on the companies alone.');
  return [
    ...open.map(({ name, cases }) => ({
      name,
      cases: cases.map(({ known, cause }) => judge(known, [cause])),
    })),
    ...companies.map((company, nth) => ({
      name: company.name,
      cases: failuresOf(company, metrics, seed + nth, each).map(({ known, causes }) => judge(known, causes)),
    })),
  ];
}

/** Fitted on the others, then in twenty orders through the target: a system is one class. */
function streamed(target: System, systems: System[]): Made[][] {
  const others = systems.filter((one) => one !== target);
  // No system counts for more than another, however many failures of it there are.
  const least = Math.min(...others.map(({ cases }) => answered(cases).length));
  const prior = learnSureness(others.flatMap(({ cases }) => answered(cases).slice(0, 4 * least)));
  return Array.from({ length: orders }, (_, order) => {
    const outcomes: Outcome[] = [];
    return shuffled(target.cases, seeded(seed + order)).map(({ features, right }) => {
      if (!features) return { sure: 0, right: false, known: outcomes.length };
      const raw = sureOf({ node: '', score: 0, features, for: [], against: [] }, prior);
      const made = { sure: calibrated(raw, outcomes), right, known: outcomes.length };
      outcomes.push({ raw, right });
      return made;
    });
  });
}

function answered(cases: Judged[]): { features: number[]; right: boolean }[] {
  return cases.flatMap(({ features, right }) => (features ? [{ features, right }] : []));
}

function shuffled<T>(all: T[], random: () => number): T[] {
  return all
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

function lines(systems: System[], streams: Made[][][]): Line[] {
  const all = streams.flat(2);
  const early = all.filter(({ known }) => known < enoughOutcomes);
  const later = all.filter(({ known, sure }) => known >= enoughOutcomes && sure > 0);
  const sure = later.filter((one) => one.sure >= at);
  const long = streams.filter((_, nth) => answered(systems[nth]?.cases ?? []).length - enoughOutcomes >= 200);
  const errors = long.map((stream) => mean(stream.map((one) => errorOf(one.filter(isLate)))));
  const abstained = all.filter((one) => one.sure < act).length;
  return [
    held('max_before_30', Math.max(...early.map((one) => one.sure)), 0.85),
    {
      ...held('precision_at_85', share(sure), 0.85),
      hits: sure.filter(({ right }) => right).length,
      of: sure.length,
    },
    {
      metric: 'n_at_85',
      value: sure.length / orders,
      unit: 'cases an order',
      against: 'bar 30',
      ratio: sure.length / orders / 30,
    },
    held('ece', Math.max(...errors), 0.1),
    ...systems.flatMap(({ name }, nth) => ofSystem(name, streams[nth] as Made[][])),
    { metric: 'abstain_share', value: abstained / all.length, unit: 'share', against: null, ratio: null },
  ];
}

function ofSystem(name: string, stream: Made[][]): Line[] {
  const late = stream.flat().filter(isLate);
  if (late.length === 0) return [];
  const base = share(late);
  const brier = mean(late.map(({ sure, right }) => (sure - (right ? 1 : 0)) ** 2));
  const constant = base * (1 - base);
  const certain = late.filter(({ sure }) => sure >= at);
  return [
    {
      metric: `brier_${name}`,
      value: brier,
      unit: 'brier',
      against: `a constant guess ${constant.toFixed(3)}`,
      ratio: brier / constant,
    },
    {
      metric: `precision_at_85_${name}`,
      value: certain.length > 0 ? share(certain) : Number.NaN,
      unit: 'share',
      against: null,
      ratio: null,
    },
  ];
}

function isLate({ known, sure }: Made): boolean {
  return known >= enoughOutcomes && sure > 0;
}

/** The expected calibration error: by bins of equal width, how far the mean confidence is from the share that was right. */
function errorOf(made: Made[]): number {
  const all = Map.groupBy(made, ({ sure }) => Math.min(bins - 1, Math.floor(sure * bins)));
  return [...all.values()].reduce(
    (sum, some) =>
      sum + (some.length / made.length) * Math.abs(mean(some.map(({ sure }) => sure)) - share(some)),
    0,
  );
}

function share(made: Made[]): number {
  return made.filter(({ right }) => right).length / made.length;
}

function held(metric: string, value: number, bar: number): Line {
  return { metric, value, unit: 'share', against: `bar ${bar}`, ratio: value / bar };
}

function summary(stream: Made[][]): string {
  const late = stream.flat().filter(isLate);
  const sure = late.filter((one) => one.sure >= at);
  return late.length === 0
    ? 'fewer than 30 answers'
    : `after 30 outcomes ${Math.round((100 * sure.length) / late.length)} % are at 85 % or more`;
}
