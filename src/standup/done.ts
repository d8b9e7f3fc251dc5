import type { Deed } from '../actions/read.ts';
import type { Charter, Duty } from '../charter/charter.ts';
import { onDuty } from '../charter/duty.ts';
import type { WorkerId } from '../ids.ts';
import { endOf } from '../incidents/foretold.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Phase } from '../incidents/read.ts';
import { duration } from '../monitoring/duration.ts';
import { called, isWithin, type Rows, type Telling, whose } from './standup.ts';
import type { Line } from './told.ts';

/** What a worker did, what weighs most first; what two could tell, one tells. Pure. */
export function doneOf({ worker, duties }: Charter, rows: Rows, telling: Telling): Line[] {
  const its = (one: WorkerId | null) => whose(one, telling.team) === worker;
  const byId = new Map(rows.incidents.map((one) => [one.id as string, one]));
  const ended = rows.incidents.filter(
    (one) => one.status !== 'false-alarm' && its(one.worker) && isWithin(one.endedAt, telling),
  );
  const isEnded = (id: string | null) => ended.some((one) => one.id === id);
  const phases = rows.phases.filter((one) => its(one.worker ?? byId.get(one.incident)?.worker ?? null));
  const undone = phases.filter(({ kind }) => kind === 'undone');
  const deeds = rows.deeds.filter((one) => its(one.worker) && !isEnded(one.incident));
  const watches = duties.includes('monitoring') ? watched(worker, rows, telling) : [];
  return [
    ...ended.map((one) => endedLine(one, rows, telling, undone)),
    ...undone.flatMap((one) => (isEnded(one.incident) ? [] : undoneLine(byId.get(one.incident)))),
    ...deeds.map((one) => deedLine(one, byId.get(one.incident ?? ''))),
    ...phases.flatMap((one) =>
      one.kind === 'diagnosis' && !isEnded(one.incident) ? causeLine(one, byId.get(one.incident)) : [],
    ),
    ...phases.flatMap((one) => (one.kind === 'escalated' ? calledIn(byId.get(one.incident)) : [])),
    ...handed(worker, rows, telling),
    ...watches,
  ];
}

/** Its cause stands with whoever named it, where that is told as well. */
function endedLine(incident: Incident, rows: Rows, telling: Telling, undone: Phase[]): Line {
  const { id, kind, status, cause, openedAt, endedAt, mergedInto } = incident;
  const says = cause && !isNamedBesides(incident, rows, telling) ? `: ${cause.says}` : '';
  if (status === 'merged')
    return [...called(incident), ' was part of ', ...(mergedInto ? [{ incident: mergedInto }] : [])];
  if (kind === 'prediction') return [...called(incident), `, ${endOf(incident)}${says}`];
  const took = duration(((endedAt ?? openedAt).getTime() - openedAt.getTime()) / 1_000);
  const deeds = rows.deeds.filter((one) => one.incident === id && one.worker === incident.worker);
  const did = deeds.slice(0, 2).map(howDone);
  const more = deeds.length > 2 ? [`${deeds.length - 2} more`] : [];
  const how = did.length > 0 ? `. ${[...did, ...more].join('; ')}` : '';
  const again = undone.some((one) => one.incident === id) ? '; what was tried first was rolled back' : '';
  return [...called(incident), ` mended and verified within ${took}${says}${how}${again}`];
}

function isNamedBesides({ id, worker }: Incident, { phases }: Rows, { workers, team }: Telling): boolean {
  const named = phases.find((one) => one.kind === 'diagnosis' && one.incident === id && one.says);
  if (!named?.worker) return false;
  const by = whose(named.worker, team);
  return by !== undefined && by !== whose(worker, team) && workers.includes(by);
}

function undoneLine(incident: Incident | undefined): Line[] {
  return incident ? [[...called(incident), ': what was done did not help and was rolled back']] : [];
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

function handed(worker: WorkerId, { passed, incidents }: Rows, { team }: Telling): Line[] {
  const own = passed.filter(({ from, to }) => from === worker && to !== worker);
  return [...new Set(own.map(({ to }) => to))].map((to) => {
    const its = own.filter((one) => one.to === to);
    const name = team.find((one) => one.worker === to)?.name ?? to;
    return listed(
      `Handed to ${name}: `,
      its.map((one) => incidents.find(({ id }) => id === one.incident) ?? { id: one.incident }),
    );
  });
}

/** What who watches saw: what it opened, what turned out to be nothing, what it told of besides. */
function watched(worker: WorkerId, { incidents, signals }: Rows, telling: Telling): Line[] {
  const on = (service: string) => dutyOf('monitoring', service, telling) === worker;
  const own = incidents.filter((one) => on(one.service) && !one.said);
  // Of what it has itself, more is told.
  const opened = own.filter(
    (one) => isWithin(one.openedAt, telling) && whose(one.worker, telling.team) !== worker,
  );
  const broken = opened.filter(({ kind, status }) => kind === 'incident' && status !== 'false-alarm');
  const foretold = opened.filter(({ kind }) => kind === 'prediction');
  const nothing = own.filter(({ status, endedAt }) => status === 'false-alarm' && isWithin(endedAt, telling));
  const told = signals.filter(({ service }) => on(service));
  return [
    ...(broken.length > 0 ? [listed('Opened ', broken)] : []),
    ...(foretold.length > 0 ? [listed('Foretold ', foretold)] : []),
    ...(nothing.length > 0 ? [listed(`False alarm${nothing.length > 1 ? 's' : ''}: `, nothing)] : []),
    ...(told.length > 0 ? [signalsLine(told)] : []),
  ];
}

function dutyOf(duty: Duty, service: string, { team }: Telling): WorkerId | undefined {
  return onDuty(team, duty, service)?.worker;
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
