// Home and the fleet as people see them: whose page it is, what it is read from, and where it leads.

import { openApprovals } from './approvals/read.ts';
import type { Card } from './chat/card.ts';
import type { Account } from './chat/door.ts';
import { linksTo, linkTo } from './chat/show.ts';
import { outcomes } from './digest/card.ts';
import { weekAt } from './digest/digest.ts';
import { digestOf } from './digest/read.ts';
import { openOf } from './digest/to-decide.ts';
import { waitingNow } from './digested.ts';
import type { Core } from './handlers.ts';
import { homeCard, howToBeKnown, strangerCard } from './home/card.ts';
import { type Fleet, fleetOf } from './home/fleet.ts';
import { fleetCard, memberCard } from './home/fleet-card.ts';
import { type Governing, type Managing, mayDecide } from './home/home.ts';
import { figuresOf, fleetRows, yoursOf } from './home/read.ts';
import type { Rows } from './home/rows.ts';
import type { Yours } from './home/yours.ts';
import { openProposals } from './incidents/post-mortem/proposals.ts';
import { dayIn, lastOccasion } from './jobs/occasion.ts';
import type { Person, Places } from './people/people.ts';
import { objectionTo } from './people/standing.ts';
import { modeOf } from './policy/rules/rollout.ts';
import type { Period } from './scorecards/facts.ts';
import type { Reporting } from './scorecards/reporting.ts';
import { card } from './workers/answer.ts';

/** The page of whoever has this account: of people who are not known, or may see nothing here, only why. */
export async function homeOf(core: Core, account: Account): Promise<Card> {
  const { people, standings, desk } = core;
  const person = people.whoIs(account);
  if (!person) return strangerCard(desk.by, howToBeKnown(account));
  const because = objectionTo(await standings.standingOf(account));
  return because ? strangerCard(desk.by, because) : homeFor(core, person, surfaceOf(account));
}

/** The surface an account is on, such as `slack`. */
export function surfaceOf(account: Account): string {
  return account.split(':')[0] ?? '';
}

/** A person's page, with links to what stands on the surface they read it on. */
export async function homeFor(core: Core, person: Person, surface: string): Promise<Card> {
  const { store, team, responder, desk } = core;
  const now = responder.now();
  const approvals = await openApprovals(store.db);
  const links = await linksOn(core, surface, 'approvals', {
    subjects: approvals.map(({ id }) => `approval:${id}`),
    part: 'question',
  });
  const mine = approvals.filter((one) => mayDecide(one, person, now));
  const governs = person.roles.includes('governor');
  const linkOf = (id: string) => links.get(`approval:${id}`);
  return homeCard({
    by: desk.by,
    now,
    asked: mine.map(({ id, question, expiresAt }) => ({
      ...{ what: question.what, risk: question.risk, until: expiresAt, link: links.get(`approval:${id}`) },
    })),
    ...(governs && { governing: await governing(core, surface, approvals.length - mine.length) }),
    ...(person.roles.includes('manager') && { managing: await managing(core, surface, linkOf, governs) }),
    charters: team.workers(),
    yours: await yours(core, person, surface, now),
  });
}

async function governing(core: Core, surface: string, others: number): Promise<Governing> {
  const { db } = core.store;
  const proposals = await openProposals(db);
  const subjects = proposals.map(({ incident }) => `incident:${incident}`);
  const links = await linksOn(core, surface, 'ops', { subjects, part: 'runbook' });
  const rows = await rowsOf(core, surface);
  return {
    kills: rows.kills,
    others,
    proposals: proposals.map(({ incident, runbook, because }) => ({
      says: `${runbook.id}, after ${incident}: ${because}`,
      link: links.get(`incident:${incident}`),
    })),
    breakers: rows.breakers.map(({ because }) => because),
    fleet: fleetOf(rows),
  };
}

async function managing(
  core: Core,
  surface: string,
  linkOf: (approval: string) => string | undefined,
  governs: boolean,
): Promise<Managing> {
  const { store, reporting, site, responder } = core;
  const now = responder.now();
  const given = { reporting, inventory: site.inventory };
  const { last, current } = weeksAt(reporting, now);
  const { timezone } = reporting.digest;
  // As it was told, where it was.
  const told = await digestOf(store.db, dayIn(timezone, last.to));
  const before = told
    ? outcomes.flatMap((id) => told.figures.find(({ kpi }) => kpi === id) ?? [])
    : await figuresOf(store.db, last, given);
  const waiting = await waitingNow(core);
  const open = openOf({
    ...waiting,
    // A governor has read these above.
    ...(governs && { approvals: [], proposals: [] }),
    linkOf: ({ id }) => linkOf(id),
  });
  const place = placeOn(surface, site.places.leadership);
  const { day } = weekAt(reporting, now);
  return {
    weeks: {
      last: { period: last, timezone, figures: before },
      current: { period: current, timezone, figures: await figuresOf(store.db, current, given) },
    },
    currency: reporting.currency,
    deciding: open.map(({ says }) => says),
    digest: place && (await linkTo(store.db, `digest:${day}`, 'page', place)),
  };
}

/** The last whole week and the one that is going on, by the digest's clocks. Pure. */
export function weeksAt(
  { digest: { day, timezone } }: Reporting,
  now: Date,
): { last: Period; current: Period } {
  const midnight = { cron: `0 0 * * ${day}`, timezone };
  const to = lastOccasion(midnight, now);
  const from = lastOccasion(midnight, new Date(to.getTime() - 1));
  return { last: { from, to }, current: { from: to, to: now } };
}

async function yours(core: Core, { id }: Person, surface: string, now: Date): Promise<Yours> {
  const done = await yoursOf(core.store.db, id, now);
  const outcomes = done.asked.map((one) => `outcome:${one.id}`);
  const incidents = [...done.asked.flatMap((one) => one.incident ?? []), ...done.minded.map((one) => one.id)];
  const links = new Map([
    ...(await linksOn(core, surface, 'ops', { subjects: outcomes, part: 'outcome' })),
    ...(await linksOn(core, surface, 'ops', {
      subjects: incidents.map((one) => `incident:${one}`),
      part: 'parent',
    })),
  ]);
  return {
    ...done,
    nameOf: (worker) => core.team.byOf(worker).name,
    linkOf: (subject) => links.get(subject),
  };
}

/** What `/roster fleet` answers: all workers, or the one that is named. */
export async function fleetTold(core: Core, surface: string, rest: string): Promise<Card> {
  const { desk } = core;
  const fleet: Fleet = fleetOf(await rowsOf(core, surface));
  const word = rest.trim().toLowerCase();
  if (word === '') return fleetCard(fleet, desk.by);
  const found = fleet.members.find(({ worker, name }) => worker === word || name.toLowerCase() === word);
  if (found) return memberCard(fleet, found, desk.by);
  const names = fleet.members.map(({ worker }) => worker).join(', ');
  return card(desk, `There is no worker called "${rest.trim().slice(0, 40)}"`, [`Wanted one of ${names}.`]);
}

function rowsOf({ store, team, responder, site }: Core, surface: string): Promise<Rows> {
  const { gateway, runbooks, inventory, monitor } = responder;
  return fleetRows(store.db, {
    now: responder.now(),
    charters: team.workers(),
    modeOf: (worker) => modeOf(gateway.policy, gateway.site, worker),
    policy: gateway.policy,
    inventory,
    stepsOf: ({ id, version }) =>
      runbooks.find((one) => one.id === id && one.version === version)?.steps.length,
    cycleMs: monitor.cycleMs,
    place: placeOn(surface, site.places.ops),
  });
}

async function linksOn(
  { store, site }: Core,
  surface: string,
  where: keyof Places,
  { subjects, part }: { subjects: string[]; part: string },
): Promise<Map<string, string>> {
  const place = placeOn(surface, site.places[where]);
  return place ? linksTo(store.db, subjects, part, place) : new Map();
}

/** A link leads nobody to a surface they are not on. */
function placeOn(surface: string, places: string[]): string | undefined {
  return places.find((one) => one.startsWith(`${surface}:`));
}
