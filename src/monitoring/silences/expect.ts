import type { SignalId } from '../../ids.ts';
import type { Db } from '../../postgres/database.ts';
import { signal as findSignal } from '../read.ts';
import type { Signal } from '../signal.ts';
import {
  type Answered,
  type Answerer,
  type Answering,
  aboutSignal,
  notYours,
  objection,
  onSignal,
} from './answering.ts';
import { hourOfWeekIn } from './clock.ts';
import { dateIn, said, seriesOf, type When } from './silence.ts';
import { insert } from './store.ts';

/** A weekly entry covers at most this many hours. */
const mostHours = 24;
const weekly = /^\s*(weekly|every week)\b[\s:,.–-]*/i;

/** What "expected" would mean for a signal, or why this person may not say so. */
export async function offer(
  answering: Answering & { store: { db: Db } },
  id: SignalId,
  person: Answerer,
): Promise<{ kind: 'offered'; today: string; weekly: string } | { kind: 'refused'; because: string }> {
  const { store, timezone, now } = answering;
  const signal = await findSignal(store.db, id);
  if (!signal) return { kind: 'refused', because: 'This signal is not in the record.' };
  const because = objection(answering, signal.service, person);
  if (because) return { kind: 'refused', because };
  const today = said(whenOf('', signal, timezone, now()));
  return { kind: 'offered', today, weekly: said(whenOf('weekly', signal, timezone, now())) };
}

/**
 * Puts a signal's series into the calendar: expected for the rest of this day, or each week at its hours when the
 * words begin with "weekly". Then they are recorded and not told, unless they are worse.
 */
export function expect(
  answering: Answering,
  id: SignalId,
  person: Answerer,
  words: string,
): Promise<Answered> {
  const { timezone, now } = answering;
  return onSignal(answering, id, async (tx, signal) => {
    const because = objection(answering, signal.service, person);
    if (because) return notYours(id, person, 'expected', because);
    const at = now();
    const when = whenOf(words, signal, timezone, at);
    const why = words.replace(weekly, '').trim() || words.trim();
    const { service, server, band } = signal;
    const series = seriesOf(signal);
    const its = { signal: id, service, server, series, band, person: person.id, at };
    const number = await insert(tx, { kind: 'expected', ...its, when, why });
    const facts = { silence: number, when: { ...when }, series: series.map((one) => ({ ...one })) };
    const by = { person: person.id };
    return {
      result: { kind: 'done', because: `Expected ${said(when)}: then it is recorded and not told.` },
      entries: [{ kind: 'signal.expected', by, about: aboutSignal(signal), facts, words: { why } }],
      jobs: [{ name: 'show', subject: `signal:${id}` }],
    };
  });
}

/** From the hour it was raised in to the one it ended in, or this one; or this day. */
function whenOf(words: string, { raisedAt, recoveredAt }: Signal, timezone: string, now: Date): When {
  if (!weekly.test(words)) return { kind: 'date', date: dateIn(timezone, now), timezone };
  const hour = hourOfWeekIn(timezone, raisedAt);
  const hourMs = 3_600_000;
  const ended = Math.floor((recoveredAt ?? now).getTime() / hourMs);
  const hours = ended - Math.floor(raisedAt.getTime() / hourMs) + 1;
  return { kind: 'weekly', hour, hours: Math.max(1, Math.min(mostHours, hours)), timezone };
}
