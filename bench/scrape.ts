// What a cycle costs on a large site: 12,000 servers with 20 metrics each, judged against hour-of-week baselines, fused
// and fingerprinted; with fetching and parsing from a real VictoriaMetrics; and whether chat is answered meanwhile.
// Not how good what it finds is: that is nab's, fusion's and estate's.
import { linearRegression } from 'simple-statistics';
import type { Claims } from '../src/redis/redis.ts';
import { type Bench, type Metric as Line, latency, type Options, percentile } from './measure.ts';
import { againstBare, type Cycled, runCycles, taken } from './scrape-cycle.ts';
import {
  cycles,
  learnTwoWeeks,
  openBenchClaims,
  openWatched,
  type Scored,
  scoreCycles,
  warmUp,
} from './scrape-score.ts';
import { fill, hasVictoria, startVictoria } from './scrape-victoria.ts';

const servers = 12_000;
const smaller = [120, 1_200];
/** Minutes that an export looks back. */
const lookback = 5;
const needsVictoria = 'cycle_ms_240k, ack_ms_max and instant_ratio';

type Lines = Omit<Line, 'bench' | 'machine'>[];

export const scrape: Bench = async (options) => {
  const claims = await openBenchClaims(options);
  const minute = lastHour();
  const { scored, rest } = await onLarge(claims, minute, options);
  const sizes: [series: number, ms: number][] = [[scored.series, percentile(scored.wall, 0.5)]];
  for (const count of smaller) {
    const small = openWatched(count);
    learnTwoWeeks(small, minute.scored);
    const { wall, series } = await scoreCycles(small, claims, minute.scored);
    sizes.push([series, percentile(wall, 0.5)]);
  }
  options.say(
    `scrape: ${sizes.map(([series, ms]) => `${ms.toFixed(1)} ms for ${series}`).join(', ')} series.`,
  );
  return [...scoreLines(scored), growth(sizes), ...rest];
};

async function onLarge(claims: Claims, minute: Minutes, { say, afterwards }: Options) {
  const watched = openWatched(servers);
  learnTwoWeeks(watched, minute.scored);
  say('scrape: two weeks of hours learnt.');
  const scored = await scoreCycles(watched, claims, minute.scored);
  if (!hasVictoria()) {
    say(
      `scrape: SKIPPED ${needsVictoria}, because victoria-metrics is not installed: apt-get install victoria-metrics.`,
    );
    return { scored, rest: [] };
  }
  const url = await startVictoria(afterwards);
  const first = minute.cycled - lookback;
  await fill(url, servers, first, minute.asked + taken.instants - first);
  say('scrape: its last minutes are in a VictoriaMetrics.');
  const cycled = await runCycles(url, watched, { claims, minute: minute.cycled, afterwards });
  say('scrape: cycles by export done.');
  const rest = [...cycleLines(cycled), instantLine(await againstBare(url, watched, minute.asked))];
  return { scored, rest };
}

type Minutes = Record<'scored' | 'cycled' | 'asked', number>;

/** When each part begins, in minutes: an hour ends amid the cycles, so that baselines are kept meanwhile; none goes back in time. */
function lastHour(): Minutes {
  const hour = Math.floor(Date.now() / 3_600_000) * 60 - 60;
  const cycled = hour - Math.floor(taken.cycles / 2);
  return { scored: cycled - warmUp - cycles, cycled, asked: cycled + taken.cycles };
}

function scoreLines({ wall, cpu, bare, open, rss }: Scored): Lines {
  const times = percentile(wall, 0.5) / percentile(bare, 0.5);
  return [
    held('score_ms_240k', percentile(wall, 0.95), 'ms', 300),
    ...latency('score_cpu_ms_240k', cpu),
    ...latency('bare_ms', bare),
    {
      metric: 'score_over_bare',
      value: times,
      unit: 'times',
      against: 'a bare typed-array pass',
      ratio: times,
    },
    plain('open_signals', open, 'signals'),
    resident('rss_mb', Math.max(...rss)),
  ];
}

function cycleLines({ looked, whole, acks, rss, database }: Cycled): Lines {
  return [
    held('cycle_ms_240k', percentile(looked, 0.95), 'ms', 3_000),
    ...latency('whole_cycle_ms', whole).map((one) => ({ ...one, against: `written to ${database}` })),
    held('ack_ms_max', percentile(acks, 1), 'ms', 100),
    plain('ack_ms_p99', percentile(acks, 0.99), 'ms'),
    resident('rss_cycle_mb', Math.max(...rss)),
  ];
}

function instantLine({ ours, bare }: { ours: number; bare: number }): Lines[number] {
  const ratio = ours / bare;
  const against = `bar 1.5, bare fetch, parse and walk ${Math.round(bare)} ms`;
  return { metric: 'instant_ratio', value: ratio, unit: 'times', against, ratio: ratio / 1.5 };
}

/** By how many tens the time grows when there are ten times as many series: 1 is linear. */
function growth(sizes: [number, number][]): Lines[number] {
  const { m: value } = linearRegression(sizes.map((size) => size.map(Math.log10)));
  return { metric: 'growth_exponent', value, unit: 'log/log', against: 'linear', ratio: value };
}

function resident(metric: string, megabytes: number): Lines[number] {
  return held(metric, megabytes, 'MB', 1_024);
}

function held(metric: string, value: number, unit: string, bar: number): Lines[number] {
  return { metric, value, unit, against: `bar ${bar} ${unit}`, ratio: value / bar };
}

function plain(metric: string, value: number, unit: string): Lines[number] {
  return { metric, value, unit, against: null, ratio: null };
}
