import type { Charter } from '../charter/charter.ts';
import { takesOn } from '../charter/duty.ts';
import type { Text } from '../chat/card.ts';
import { cut } from '../chat/words.ts';
import type { Waiting } from '../jobs/waiting.ts';
import { agoOf, type Rows } from './rows.ts';
import { few } from './spans.ts';

/** A job that failed so often is not a passing trouble: its first tries take seconds. */
const manyTries = 3;
/** So many cycles in a row that nobody saw. A slow one may take as long as the next. */
const missedCycles = 3;

/** What is wrong with a worker; without `kind` nothing keeps it from its work. Pure. */
export function healthOf(
  rows: Rows,
  charter: Charter,
): { kind?: 'silent' | 'stopped' | 'failing'; ails: Text[] } {
  const stopped = stops(rows, charter);
  // A stopped worker takes nothing up: that is no sign of anything else.
  const silent = stopped.length > 0 ? [] : silences(rows, charter);
  const failing = failures(rows, charter);
  const kind =
    silent.length > 0
      ? 'silent'
      : stopped.length > 0
        ? 'stopped'
        : failing.length > 0
          ? 'failing'
          : undefined;
  const ails = [...silent, ...stopped, ...failing, ...remarks(rows, charter)];
  return { ...(kind && { kind }), ails };
}

function stops({ kills }: Rows, { worker }: Charter): Text[] {
  const reaching = kills.filter(({ scope }) => scope === 'all' || scope === `worker:${worker}`);
  return reaching.map(({ scope, at }) => [`The kill switch for ${scope} is thrown since `, { time: at }]);
}

function silences({ now, signs, cycleMs, handoffs, jobs, incidents }: Rows, charter: Charter): Text[] {
  const { worker } = charter;
  const { minutes } = takesOn(charter);
  const late = (at: Date) => now.getTime() - at.getTime() > minutes * 60_000;
  const cycle = signs.find((one) => one.cycle);
  // A glance or two may be late on a busy machine.
  const patienceMs = Math.max(missedCycles * cycleMs, 60_000);
  const own = new Set(incidents.filter((one) => one.worker === worker).map(({ id }) => id as string));
  const forgotten = jobs.filter(({ about, running, tries, dueAt }) => {
    return own.has(about) && !running && tries === 0 && late(dueAt);
  });
  return [
    ...(charter.duties.includes('monitoring') && (cycle === undefined || cycle.worker === worker)
      ? unwatched(cycle?.at, now, patienceMs)
      : []),
    ...handoffs
      .filter(({ to, at }) => to === worker && late(at))
      .map(({ incident, at }) => `Has not taken up ${incident} for ${agoOf(at, now)}.`),
    ...forgotten
      .slice(0, 3)
      .map(({ about, dueAt }) => `Nobody went on with ${about} for ${agoOf(dueAt, now)}.`),
  ];
}

function unwatched(cycle: Date | undefined, now: Date, patienceMs: number): Text[] {
  if (!cycle) return ['No cycle is among the newest entries of the audit: nothing is watched.'];
  if (now.getTime() - cycle.getTime() <= patienceMs) return [];
  return [`No cycle for ${agoOf(cycle, now)}: nothing is watched.`];
}

function failures({ breakers, jobs, incidents, deeds }: Rows, { worker }: Charter): Text[] {
  const own = (job: Waiting) =>
    incidents.some(({ id, worker: whose }) => id === job.about && whose === worker) ||
    deeds.some(({ id, worker: whose }) => id === job.about && whose === worker);
  const stuck = jobs.filter((job) => job.tries >= manyTries && own(job));
  const about = (id: string) => deeds.find((one) => one.id === id)?.what ?? id;
  return [
    ...breakers.filter((one) => one.worker === worker).map(({ because }) => because),
    ...stuck.slice(0, 3).map(({ about: id, tries, problem }) => {
      return `${about(id)}: failed ${tries} times and is tried again.${saidOf(problem)}`;
    }),
  ];
}

/** What a system outside said; of any other trouble nobody knows whether its words are for people. */
function saidOf(problem: string | null): string {
  const isSystem = /^(Prometheus|VictoriaMetrics|Loki|Jaeger|AWX|ServiceNow|Jira) /.test(problem ?? '');
  return problem && isSystem ? ` ${cut(problem, 160)}` : '';
}

/** What does not keep it from its work, and is good to know. */
function remarks({ ran, kills, incidents }: Rows, { worker, authority }: Charter): Text[] {
  const deeds = ran.find((one) => one.worker === worker);
  const mine = Object.values(authority).flat();
  const tools = kills.filter(({ scope }) => mine.some((tool) => scope === `tool:${tool}`));
  const paused = incidents.filter((one) => one.worker === worker && one.pausedBy).map(({ id }) => id);
  return [
    ...(deeds && deeds.failed > 0
      ? [`${deeds.failed} of its ${deeds.of} deeds of 24 h failed or did not help.`]
      : []),
    ...tools.map(({ scope }) => `The kill switch for ${scope} is thrown.`),
    ...(paused.length > 0 ? [`Paused: ${few(paused, 5)}.`] : []),
  ];
}
