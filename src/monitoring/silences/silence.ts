// What people answer to a signal: mute it, expect it, find it of no use; and what is then held back.
// Not whether something is unusual: that is decided before, and recorded all the same.
import type { PersonId, SignalId, SilenceId } from '../../ids.ts';
import type { Band } from '../anomaly.ts';
import type { Signal } from '../signal.ts';
import { clockOf, hourOfWeekIn } from './clock.ts';

/** One series as people silence it: a metric of a service or server. */
export interface Series {
  about: 'service' | 'server';
  subject: string;
  metric: string;
}

interface Said {
  id: SilenceId;
  /** The signal it was said on, and where that was. */
  signal: SignalId;
  service: string;
  server: string | null;
  /** All that was unusual together then. */
  series: Series[];
  /** How bad it was then: what is worse is told. */
  band: Band;
  person: PersonId;
  at: Date;
  /** When somebody ended it before its time. */
  endedAt: Date | null;
  endedBy: PersonId | null;
}

export type Mute = Said & { kind: 'mute'; until: Date };
export type Expected = Said & { kind: 'expected'; when: When; why: string };
export type Silence = Mute | Expected;

/** When something is expected, by the clocks of `timezone`. */
export type When =
  /** From an hour of the week, 0–167 and Monday 00:00 first, for so many hours. */
  | { kind: 'weekly'; hour: number; hours: number; timezone: string }
  /** All of one day, such as 2026-11-20. */
  | { kind: 'date'; date: string; timezone: string };

export type Silenced =
  | { kind: 'told'; because: string }
  | { kind: 'muted'; by: Mute; because: string }
  | { kind: 'expected'; by: Expected; because: string };

type Of = Pick<Signal, 'metric' | 'service' | 'server' | 'band' | 'members'>;

/**
 * Whether a signal is held back from chat and incidents at `now`; it is recorded in every case. Only when every one
 * of its series is silenced, so that nothing new hides behind something known; and nothing hides that is worse than
 * what was silenced. Pure.
 */
export function silenced(signal: Of, mutes: Mute[], calendar: Expected[], now: Date): Silenced {
  const held = [...mutes, ...calendar].filter((one) => inForce(one, now));
  if (held.length === 0) return { kind: 'told', because: 'Nothing of it is muted or expected now.' };
  const covers = (one: Silence, of: Series) => one.series.some((each) => isSame(each, of));
  const all = seriesOf(signal);
  const open = all.find((of) => !held.some((one) => covers(one, of)));
  if (open)
    return { kind: 'told', because: `${open.metric} of ${open.subject} is neither muted nor expected now.` };
  const fitting = held.filter(({ band }) => band === 'critical' || signal.band === 'watch');
  const worse = all.find((of) => !fitting.some((one) => covers(one, of)));
  const [worst] = all;
  const by = fitting.find((one) => worst && covers(one, worst));
  if (worse || !by)
    return { kind: 'told', because: 'It is critical now and was silenced when it was a matter of watching.' };
  return by.kind === 'mute'
    ? { kind: 'muted', by, because: `It is muted until ${clockOf(by.until, 'UTC')} UTC (${by.id}).` }
    : { kind: 'expected', by, because: `It is expected ${said(by.when)} (${by.id}).` };
}

/** Every series of a signal, the worst first; one without members is about its service or server itself. */
export function seriesOf({ metric, service, server, members }: Of): Series[] {
  if (members.length > 0)
    return members.map(({ about, subject, metric: its }) => ({ about, subject, metric: its }));
  return [
    server ? { about: 'server', subject: server, metric } : { about: 'service', subject: service, metric },
  ];
}

/** Whether it holds something back at this moment. */
function inForce(one: Silence, now: Date): boolean {
  if (one.endedAt) return false;
  return one.kind === 'mute' ? now < one.until : isThen(one.when, now);
}

/** Whether it does or still may. */
export function isStanding(one: Silence, now: Date): boolean {
  if (one.endedAt) return false;
  if (one.kind === 'mute') return now < one.until;
  return one.when.kind === 'weekly' || dateIn(one.when.timezone, now) <= one.when.date;
}

/** The day of a time by a zone's calendar, such as 2026-11-20. */
export function dateIn(timeZone: string, at: Date): string {
  return at.toLocaleDateString('sv-SE', { timeZone });
}

/** When something is expected, in words that follow "expected". */
export function said(when: When): string {
  if (when.kind === 'date') return `on ${when.date} (${when.timezone})`;
  const { hour, hours, timezone } = when;
  const clock = (of: number) => `${String(of % 24).padStart(2, '0')}:00`;
  return `every ${days[Math.floor(hour / 24)]} ${clock(hour)}–${clock(hour + hours)} (${timezone})`;
}

const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function isThen(when: When, now: Date): boolean {
  if (when.kind === 'date') return dateIn(when.timezone, now) === when.date;
  return (hourOfWeekIn(when.timezone, now) - when.hour + 168) % 168 < when.hours;
}

function isSame(a: Series, b: Series): boolean {
  return a.about === b.about && a.subject === b.subject && a.metric === b.metric;
}
