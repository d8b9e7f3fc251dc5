import { actionsOf } from '../actions/read.ts';
import { openApprovals } from '../approvals/read.ts';
import type { Byline, Card, Text } from '../chat/card.ts';
import type { IncidentId } from '../ids.ts';
import type { Incident } from '../incidents/incident.ts';
import { incident as findIncident, incidentsSince, openIncidents } from '../incidents/read.ts';
import {
  server as findServer,
  service as findService,
  type Inventory,
  serversOf,
  servicesOn,
} from '../inventory/inventory.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import type { Db } from '../postgres/database.ts';
import type { Loki } from '../systems/loki/read.ts';
import { card, counted, line } from './answer.ts';
import type { Asked } from './asked.ts';
import { changed } from './changed.ts';
import { how } from './how.ts';
import { onServer, touches } from './touching.ts';
import { whyOf } from './why.ts';

/** What answers are read from. */
export interface Desk {
  db: Db;
  by: Byline;
  inventory: Inventory;
  /** Who is on shift, under which charter, in which mode: a sentence. */
  shift: string;
  monitor: Monitor;
  loki: Loki;
  /** By whose clocks a time is meant, such as Europe/Berlin. */
  timezone: string;
  /** Where incidents stand. */
  places?: string[];
  /** What the stand-up is so far, with links for whoever reads it at a place. */
  standup(place: string | undefined): Promise<Card>;
  now(): Date;
}

const weekMs = 7 * 86_400_000;

/** The answer to what was asked, from the record; `place` is where it was asked. */
export async function tell(desk: Desk, asked: Asked, place?: string): Promise<Card> {
  switch (asked.about) {
    case 'how':
      return how(desk, asked.id);
    case 'changes':
      return changed(desk, asked);
    case 'unknown':
      return card(desk, `There is no server or service called "${asked.name.slice(0, 40)}"`, [
        `Did you mean ${asked.near.join(', ')}?`,
      ]);
    case 'service':
      return aboutService(desk, asked.id);
    case 'server':
      return aboutServer(desk, asked.id);
    case 'incident':
      return aboutIncident(desk, asked.id as IncidentId);
    case 'status':
      return status(desk);
    case 'incidents':
      return incidents(desk);
    case 'approvals':
      return approvals(desk);
    case 'why':
      return why(desk, asked, place);
    case 'standup':
      return desk.standup(place);
    case 'human':
      return card(desk, `No. I am ${desk.by.name}, an AI worker.`, [
        `People answer for what I do: my charter says what I may do, and who that is.`,
      ]);
    case 'help':
      return help(desk);
  }
}

async function status(desk: Desk): Promise<Card> {
  const [open, waiting] = await Promise.all([openIncidents(desk.db), openApprovals(desk.db)]);
  const { services, servers } = desk.inventory;
  const counts = `${counted(open)}, ${waiting.length} waiting for a decision.`;
  return card(desk, counts, [
    desk.shift,
    `Watched: ${services.length} services on ${servers.length} servers.`,
    ...open.map(line),
  ]);
}

async function aboutService(desk: Desk, id: string): Promise<Card> {
  const service = findService(desk.inventory, id);
  const all = await incidentsSince(desk.db, new Date(desk.now().getTime() - weekMs));
  const its: Incident[] = [];
  for (const one of all) if (await touches(desk.db, one, id)) its.push(one);
  const open = its.filter(({ endedAt }) => !endedAt);
  const has = open.length > 0 ? counted(open) : 'no open incident';
  const title = `${service?.name ?? id} has ${has.replace(/^1 /, 'an ')}`;
  const facts = service
    ? `Runs on ${serversOf(desk.inventory, id)
        .map((one) => one.id)
        .join(
          ', ',
        )}; needs ${service.dependsOn.join(', ') || 'nothing'}; criticality ${service.criticality}; team ${service.team}.`
    : 'It is not in the inventory.';
  const past = its.filter(({ endedAt }) => endedAt);
  const ended: Text[] =
    past.length > 0
      ? [[{ bold: 'In the last 7 days' }], ...past.slice(0, 5).map(line)]
      : ['No other incident in the last 7 days.'];
  return card(desk, title, [...open.map(line), facts, ...ended]);
}

async function aboutServer(desk: Desk, id: string): Promise<Card> {
  const server = findServer(desk.inventory, id);
  const services = servicesOn(desk.inventory, id);
  const its = await onServer(desk.db, desk.inventory, id);
  const title = its.length > 0 ? `${id}: ${counted(its)} touching it` : `${id}: no open incident touches it`;
  const what = server
    ? `A ${server.class} server in ${server.environment}, running ${services.map((one) => one.name).join(', ') || 'no service'}.`
    : 'It is not in the inventory.';
  return card(desk, title, [...its.map(line), what]);
}

async function aboutIncident(desk: Desk, id: IncidentId): Promise<Card> {
  const incident = await findIncident(desk.db, id);
  if (!incident)
    return card(desk, `There is no incident ${id}`, ['Ask for "incidents" to see those that are open.']);
  const actions = await actionsOf(desk.db, id);
  const deeds = actions.map(({ question, status }): Text => `${question.what}: ${status}`);
  return card(desk, `${id} on ${incident.service}`, [line(incident), ...deeds]);
}

async function incidents(desk: Desk): Promise<Card> {
  const open = await openIncidents(desk.db);
  if (open.length === 0)
    return card(desk, 'No open incidents', [
      'Everything that is watched is as usual, or not unusual enough.',
    ]);
  return card(desk, counted(open), open.map(line));
}

async function approvals(desk: Desk): Promise<Card> {
  const open = await openApprovals(desk.db);
  if (open.length === 0) return card(desk, 'Nothing waits for an approval', []);
  const lines = open.map(({ question, terms, expiresAt, incident }): Text => {
    return [
      { bold: question.what },
      `${incident ? ` (${incident})` : ''}: ${terms.seats.map((seat) => seat.join(' or ')).join(', and ')} decides, lapses `,
      { time: expiresAt },
    ];
  });
  return card(desk, `${open.length} waiting for a decision`, lines);
}

async function why(
  desk: Desk,
  { id: given, service }: Extract<Asked, { about: 'why' }>,
  place: string | undefined,
): Promise<Card> {
  if (given && !(await findIncident(desk.db, given as IncidentId)))
    return aboutIncident(desk, given as IncidentId);
  const all = given ? [] : await incidentsSince(desk.db, new Date(desk.now().getTime() - weekMs));
  const id = (given as IncidentId) ?? all.find((one) => !service || one.service === service)?.id;
  if (!id && service) return aboutService(desk, service);
  if (!id)
    return card(desk, 'There is nothing to explain yet', ['No incident was opened in the last 7 days.']);
  return whyOf(desk, id, place);
}

function help(desk: Desk): Card {
  const services = desk.inventory.services.map(({ id }) => id).join(', ');
  const server = desk.inventory.servers[0]?.id ?? 'by its name';
  return card(desk, 'What you can ask me', [
    `A service (${services}), a server (${server}), an incident (inc-1), "incidents", "approvals", "standup", or "why"; in the thread of an incident "what do you think happened?".`,
    `How one of them does now: "how is ${server}?". What changed: "what changed since 14:00?", "what changed on ${desk.inventory.services[0]?.id ?? server} in the last 2 hours?".`,
  ]);
}
