import type { Deed } from '../actions/read.ts';
import type { Charter } from '../charter/charter.ts';
import type { WorkerId } from '../ids.ts';
import { endOf } from '../incidents/foretold.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Phase } from '../incidents/read.ts';
import { duration } from '../monitoring/duration.ts';
import type { Sorted } from './sorted.ts';
import { called, isWithin, type Rows, type Telling, whose } from './standup.ts';
import type { Line } from './told.ts';

/** What a worker did, what weighs most first; what two could tell, one tells. Pure. */
export function doneOf({ worker, duties }: Charter, rows: Rows, by: Sorted, telling: Telling): Line[] {
  const ended = by.ended(worker);
  const over = new Set<string | null>(ended.map(({ id }) => id));
  const left = by.phases(worker).filter(({ incident }) => !over.has(incident));
  const of = (kind: Phase['kind']) => left.filter((one) => one.kind === kind);
  const undone = by.phases(worker).flatMap(({ kind, incident }) => (kind === 'undone' ? [incident] : []));
  const deeds = by.deeds(worker).filter(({ incident }) => !over.has(incident));
  return [
    ...ended.map((one) => endedLine(one, by, telling, undone.includes(one.id))),
    ...of('undone').flatMap((one) => undoneLine(by.incident(one.incident))),
    ...deeds.map((one) => deedLine(one, by.incident(one.incident))),
    ...of('diagnosis').flatMap((one) => causeLine(one, by.incident(one.incident))),
    ...of('escalated').flatMap((one) => calledIn(by.incident(one.incident))),
    ...handed(worker, rows, by, telling),
    ...(duties.includes('monitoring') ? watched(worker, rows, by, telling) : []),
  ];
}

/** Its cause stands with whoever named it, where that is told as well. */
function endedLine(incident: Incident, by: Sorted, telling: Telling, wasUndone: boolean): Line {
  const { id, kind, status, worker, cause, openedAt, endedAt, mergedInto } = incident;
  const says = cause && !isNamedBesides(incident, by, telling) ? `: ${cause.says}` : '';
  if (status === 'merged')
    return [...called(incident), ' was part of ', ...(mergedInto ? [{ incident: mergedInto }] : [])];
  if (kind === 'prediction') return [...called(incident), `, ${endOf(incident)}${says}`];
  const took = duration(((endedAt ?? openedAt).getTime() - openedAt.getTime()) / 1_000);
  const deeds = by.deedsOn(id).filter((one) => one.worker === worker);
  const did = deeds.slice(0, 2).map(howDone);
  const more = deeds.length > 2 ? [`${deeds.length - 2} more`] : [];
  const how = did.length > 0 ? `. ${[...did, ...more].join('; ')}` : '';
  const again = wasUndone ? '; what was tried first did not help' : '';
  return [...called(incident), ` mended and verified within ${took}${says}${how}${again}`];
}

function isNamedBesides({ id, worker }: Incident, by: Sorted, { workers, team }: Telling): boolean {
  const named = by.namedBy(id);
  return named !== undefined && named !== whose(worker, team) && workers.includes(named);
}

function undoneLine(incident: Incident | undefined): Line[] {
  return incident
    ? [[...called(incident), ': what was done did not help, and is undone as far as it can be']]
    : [];
}

function howDone({ what, autonomous }: Deed): string {
  return `${what}, ${autonomous ? 'alone' : 'after an approval'}`;
}

function deedLine(deed: Deed, incident: Incident | undefined): Line {
  const on: Line = incident ? [' (', { incident: incident.id }, ')'] : [];
  return [howDone(deed), ...on];
}

function causeLine({ says, confidence }: Phase, incident: Incident | undefined): Line[] {
  if (!incident || ['false-alarm', 'merged'].includes(incident.status)) return [];
  const found = says ? `${says}, ${Math.floor((confidence ?? 0) * 100)} % sure` : 'nothing known fits';
  return [[...called(incident), `: ${found}`]];
}

/** Of one that needs a person still, that it waits is told. */
function calledIn(incident: Incident | undefined): Line[] {
  if (!incident || incident.status === 'escalated') return [];
  return [['Asked people about ', ...called(incident)]];
}

function handed(worker: WorkerId, { passed }: Rows, by: Sorted, { team }: Telling): Line[] {
  const own = passed.filter(({ from, to }) => from === worker && to !== worker);
  return [...new Set(own.map(({ to }) => to))].map((to) => {
    const its = own.filter((one) => one.to === to).map(({ incident }) => incident);
    const name = team.find((one) => one.worker === to)?.name ?? to;
    return listed(
      `Handed to ${name}: `,
      its.map((id) => by.incident(id) ?? { id }),
    );
  });
}

/** What who watches saw: what it opened, what turned out to be nothing, what it told of besides. */
function watched(worker: WorkerId, { signals }: Rows, by: Sorted, telling: Telling): Line[] {
  const own = by.seen(worker);
  // Of what it has itself, more is told.
  const opened = own.filter(
    (one) => isWithin(one.openedAt, telling) && whose(one.worker, telling.team) !== worker,
  );
  const broken = opened.filter(({ kind, status }) => kind === 'incident' && status !== 'false-alarm');
  const foretold = opened.filter(({ kind }) => kind === 'prediction');
  const nothing = own.filter(({ status, endedAt }) => status === 'false-alarm' && isWithin(endedAt, telling));
  const told = signals.filter(({ service }) => by.watches(worker, service));
  return [
    ...(broken.length > 0 ? [listed('Opened ', broken)] : []),
    ...(foretold.length > 0 ? [listed('Foretold ', foretold)] : []),
    ...(nothing.length > 0 ? [listed(`False alarm${nothing.length > 1 ? 's' : ''}: `, nothing)] : []),
    ...(told.length > 0 ? [signalsLine(told)] : []),
  ];
}

const mostNamed = 4;

function listed(begins: string, all: (Pick<Incident, 'id'> & { service?: string })[]): Line {
  const named = all.slice(0, mostNamed).flatMap(({ id, service }, nth): Line => {
    return [nth > 0 ? ', ' : '', { incident: id }, service ? ` on ${service}` : ''];
  });
  const more = all.length - mostNamed;
  return [begins, ...named, ...(more > 0 ? [` and ${more} more`] : [])];
}

function signalsLine(told: { service: string; count: number }[]): Line {
  const total = told.reduce((sum, { count }) => sum + count, 0);
  const each = told.slice(0, mostNamed).map(({ service, count }) => `${service} ${count}`);
  const more = told.length > mostNamed ? [`${told.length - mostNamed} services more`] : [];
  const signals = `${total} signal${total === 1 ? '' : 's'}`;
  return [`Told of ${signals} that opened nothing: ${[...each, ...more].join(', ')}`];
}
