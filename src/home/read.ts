import { openBreakers } from '../actions/breaker.ts';
import { kills } from '../actions/kill.ts';
import { signsOfLife } from '../audit/noted.ts';
import { linksTo } from '../chat/show.ts';
import { outcomes } from '../digest/card.ts';
import type { PersonId } from '../ids.ts';
import { openIncidents } from '../incidents/read.ts';
import type { JobName } from '../jobs/job.ts';
import { waitingJobs } from '../jobs/waiting.ts';
import type { Policy } from '../policy/policy.ts';
import type { Db } from '../postgres/database.ts';
import type { Period } from '../scorecards/facts.ts';
import { type Figure, figureOf, type Given } from '../scorecards/kpi.ts';
import { kpi } from '../scorecards/kpis.ts';
import { factsOf } from '../scorecards/read.ts';
import type { Rows } from './rows.ts';
import {
  countSignals,
  loadAsked,
  loadAskedFor,
  loadBlind,
  loadHanded,
  loadMinded,
  loadRan,
  loadUnderWay,
  loadUsed,
} from './store.ts';
import type { Yours } from './yours.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What a worker does about an incident or an action. */
const phases: JobName[] = [
  ...(['investigate', 'argue', 'route-incident', 'remediate', 'verify', 'conclude'] as const),
  ...(['draft-post-mortem', 'advance-action', 'cancel-action'] as const),
];

type Known = Pick<Rows, 'now' | 'charters' | 'modeOf' | 'inventory' | 'stepsOf' | 'cycleMs'>;

/** What a fleet is told from, as the record stands now; one query a kind of row, however many workers there are. `place` is where incidents stand that are linked to. */
export async function fleetRows(
  db: Db,
  { policy, place, ...known }: Known & { policy: Policy; place: string | undefined },
): Promise<Rows> {
  const { now, charters } = known;
  const [incidents, deeds, handoffs, approvals, ran, breakers] = await Promise.all([
    openIncidents(db),
    loadUnderWay(db),
    loadHanded(db),
    loadAsked(db),
    loadRan(db, new Date(now.getTime() - dayMs)),
    openBreakers(db, charters, policy),
  ]);
  const [thrown, used, jobs, signs, signals, blind] = await Promise.all([
    kills(db),
    loadUsed(
      db,
      charters.map(({ worker }) => worker),
    ),
    waitingJobs(db, phases),
    signsOfLife(db),
    countSignals(db),
    loadBlind(db, new Date(now.getTime() - hourMs)),
  ]);
  const subjects = incidents.map(({ id }) => `incident:${id}`);
  const links = place ? await linksTo(db, subjects, 'parent', place) : new Map<string, string>();
  const linkOf: Rows['linkOf'] = (id) => links.get(`incident:${id}`);
  const under = { incidents, deeds, handoffs, approvals, ran, breakers, kills: thrown, used, jobs };
  return { ...known, ...under, linkOf, signs, signals, blind, budgets: policy.limits.budgets };
}

/** What was done for a person in the 7 days before `now`. */
export async function yoursOf(db: Db, person: PersonId, now: Date): Promise<Pick<Yours, 'asked' | 'minded'>> {
  const since = new Date(now.getTime() - 7 * dayMs);
  const [asked, minded] = await Promise.all([loadAskedFor(db, person, since), loadMinded(db, person, since)]);
  return { asked, minded };
}

/** The figures that stand first, of a time, from the rows as they are now. */
export async function figuresOf(db: Db, period: Period, given: Given): Promise<Figure[]> {
  const facts = await factsOf(db, period);
  return outcomes.map((id) => figureOf(kpi(id), facts, given));
}
