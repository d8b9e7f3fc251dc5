// A made-up past of the trial's company, lived through by the product itself on a clock that is moved on.
// Not a record that somebody wrote: what it leaves are the rows the product left.
import { sql } from 'kysely';
import type { Refusals } from '../../audit/refusals.ts';
import type { Incident } from '../../incidents/incident.ts';
import { openIncidents } from '../../incidents/read.ts';
import type { Responder } from '../../incidents/responder.ts';
import type { Handlers, Subject } from '../../jobs/job.ts';
import type { Simulation } from '../../jobs/simulation.ts';
import { transact } from '../../postgres/database.ts';
import type { Breakage } from '../world.ts';
import { openAgenda } from './agenda.ts';
import type { Company } from './company.ts';
import { struck } from './draw.ts';
import { openCrowd } from './people.ts';
import type { Episode } from './plan.ts';
import { openStory } from './story.ts';

export interface Living {
  simulation: Simulation;
  company: Company;
  handlers: Handlers;
  responder: Responder;
  refusals: Refusals;
  /** One cycle of monitoring; how much is wrong then. */
  cycle(at: Date): Promise<number>;
  random(): number;
  plan: Episode[];
  /** Unix milliseconds. */
  from: number;
  to: number;
  /** Told at the beginning of each day, from 1 on. */
  onDay(day: number): void;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** From one cycle to the next: around what happens as in the trial, while people are waited for, and while nothing does. */
const stepMs = { busy: 5 * second, waiting: 2 * minute, quiet: 15 * minute };
/** So long after something happened it is busy. */
const busyMs = 3 * minute;
/** What changed is shown at most so often, as chat allows no more either. */
const showMs = 45 * second;
/** A person mends by hand what is still broken so long after it broke; later where nobody answers. */
const patienceMs = 50 * minute;
const patienceOfLapsedMs = 5.5 * hour;
/** What only looks like a fault is over after so long. */
const herringMs = 12 * minute;

/** Goes through the past from its beginning to its end. */
export async function liveThrough(living: Living): Promise<void> {
  const { simulation, company, responder, random, plan, from, to } = living;
  const { db } = simulation.database;
  const { world } = company;
  const agenda = openAgenda();
  const crowd = openCrowd({
    ...{ random, responder, refusals: living.refusals, agenda },
    rejected: (id, person, at) => story.rejected(id, person, broken, at),
  });
  let stirred = Number.NEGATIVE_INFINITY;
  let ids = 0;
  const strike = (one: Pick<Breakage, 'name' | 'target'>, at: number): Breakage => {
    ids += 1;
    const { name, target } = one;
    const breakage: Breakage = { id: ids, name, target, first: false, startedAt: new Date(at) };
    world.breakages.push(breakage);
    stirred = at;
    return breakage;
  };
  const story = openStory({
    ...{ random, db, agenda, crowd, until: to - 5 * hour },
    again: (breakage, at) => void strike(breakage, at),
  });
  const known = new Map<string, Episode | undefined>();
  let open: Incident[] = [];
  let episode: Episode | undefined;
  let broken: Breakage[] = [];
  const coming = [...plan];
  const isBusy = () => simulation.now().getTime() - stirred < busyMs;
  const toShow = new Set<Subject>();
  let shownAt = from;
  const show: Handlers['show'] = async ({ subject }) => void toShow.add(subject);
  const handlers = { ...patient(living, isBusy), show };
  let tended = from;
  let today = 0;

  function begin(next: Episode): void {
    episode = next;
    broken = [];
    // Long mended: nothing looks back as far as that.
    const isGone = ({ mendedAt }: Breakage) => mendedAt && mendedAt.getTime() < next.at - 30 * minute;
    world.breakages = world.breakages.filter((one) => !isGone(one));
    for (const fault of next.faults)
      for (const { target } of struck({ random, world, others: broken }, fault, next.at))
        broken.push(strike({ name: fault.name, target }, next.at));
  }

  function tend(at: number): void {
    if (!episode) return;
    const { manner, at: began, faults } = episode;
    const isSlow = faults.some(({ name }) => name === 'filling-disk');
    const patience =
      manner === 'nothing' ? herringMs : manner === 'lapsed' || isSlow ? patienceOfLapsedMs : patienceMs;
    for (const one of world.breakages)
      if (!one.mendedAt && at > Math.max(one.startedAt.getTime(), began) + patience)
        one.mendedAt = new Date(at);
  }

  async function look(at: number): Promise<void> {
    open = await openIncidents(db);
    for (const one of open) {
      if (known.has(one.id)) continue;
      known.set(one.id, episode);
      stirred = at;
      story.opened(one, isOver() ? undefined : episode, broken, at);
    }
    for (const [id, its] of known) {
      if (open.some((one) => one.id === id)) continue;
      known.delete(id);
      await story.over(id as Incident['id'], its, broken, at);
    }
    if (open.length > 0) await crowd.notice(episode, at);
  }

  /** Whatever is open long after all was mended is of nobody: it is called off. */
  const isOver = () =>
    !episode || (broken.length > 0 && broken.every(({ mendedAt }) => mendedAt && mendedAt < soon()));
  const soon = () => new Date(simulation.now().getTime() - 10 * minute);

  for (let at = from; at <= to; ) {
    const now = new Date(at);
    if (Math.floor((at - from) / day) + 1 > today) {
      today += 1;
      if (at < to) living.onDay(today);
    }
    if (at % hour < stepMs.quiet && open.length === 0) await forgetDone(simulation);
    while (coming[0] && coming[0].at <= at) begin(coming.shift() as Episode);
    await run(now);
    if ((await agenda.run(at)) > 0) stirred = at;
    const found = await living.cycle(now);
    await tendAll(at);
    // Most of the time nothing is wrong, and then nothing follows from a look at it.
    if (found > 0 || open.length > 0 || stirred === at) {
      await run(now);
      const running = world.jobs.some(({ status }) => status === 'running');
      company.look();
      if (running) stirred = at;
      await look(at);
    }
    tend(at);
    at = next(at);
  }

  /** What is due, and then what of it is to be shown, each once. */
  async function run(until: Date): Promise<void> {
    for (;;) {
      await simulation.run(handlers, until);
      const at = until.getTime();
      if (toShow.size === 0 || at < shownAt + showMs) return;
      shownAt = at;
      const subjects = [...toShow];
      toShow.clear();
      for (const subject of subjects) await living.handlers.show({ subject });
    }
  }

  /** What the timetable has done each minute: here as often as something can have come of it. */
  async function tendAll(at: number): Promise<void> {
    const since = tended;
    tended = at;
    const passed = (everyMs: number) => Math.floor(at / everyMs) > Math.floor(since / everyMs);
    if (open.length > 0 && passed(5 * minute)) {
      await handlers['tend-handoffs']({});
      await handlers['tell-stakeholders']({});
    }
    if (passed(30 * minute)) {
      await handlers['tend-post-mortems']({});
      await handlers['tell-held']({});
      await handlers['tell-standup']({});
    }
  }

  function next(at: number): number {
    const isBroken = world.breakages.some(
      ({ mendedAt }) => !mendedAt || mendedAt.getTime() > at - 3 * minute,
    );
    const going = open.length > 0 || isBroken;
    const step = !going ? stepMs.quiet : isBusy() ? stepMs.busy : stepMs.waiting;
    const due = [agenda.next(), coming[0]?.at].filter((one) => one !== undefined && one > at) as number[];
    return at === to ? to + 1 : Math.min(to, at + step, ...due);
  }
}

/** While people are waited for, whether it is mended is looked at every two minutes, as is everything else then. */
function patient({ handlers, simulation }: Living, isBusy: () => boolean): Handlers {
  const looked = new Map<string, number>();
  return {
    ...handlers,
    verify: async (data) => {
      const at = simulation.now().getTime();
      const next = (looked.get(data.incident) ?? 0) + stepMs.waiting;
      if (!isBusy() && at < next)
        return transact(simulation.database.db, (tx) =>
          simulation.queue.add(tx, { name: 'verify', ...data }, new Date(next)),
        );
      looked.set(data.incident, at);
      await handlers.verify(data);
    },
  };
}

/** Jobs that are done only slow the search for what is due. */
async function forgetDone({ database }: Simulation): Promise<void> {
  await sql`delete from pgboss.job_common where state in ('completed', 'cancelled', 'failed')`.execute(
    database.db,
  );
}
