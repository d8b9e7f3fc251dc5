import type { SignalId } from '../../ids.ts';
import {
  type Answered,
  type Answerer,
  type Answering,
  aboutSignal,
  notYours,
  objection,
  onSignal,
  refused,
} from './answering.ts';
import { clockOf } from './clock.ts';
import { type Mute, seriesOf, silenced } from './silence.ts';
import { insert, loadOpen } from './store.ts';

const muteHours = 4;

/**
 * Keeps all series of a signal from being told for four hours, unless they become worse. Its card is shown anew now
 * and when the time is over. Safe to call twice: what is muted already is not muted again.
 */
export function mute(answering: Answering, id: SignalId, person: Answerer): Promise<Answered> {
  const { timezone, now } = answering;
  return onSignal(answering, id, async (tx, signal) => {
    const because = objection(answering, signal.service, person);
    if (because) return notYours(id, person, 'mute', because);
    const at = now();
    const mutes = (await loadOpen(tx, at)).filter((one): one is Mute => one.kind === 'mute');
    const before = silenced(signal, mutes, [], at);
    if (before.kind === 'muted')
      return refused(
        `It is muted until ${clockOf(before.by.until, timezone)} (${timezone}) already: the card shows by whom.`,
      );
    const until = new Date(at.getTime() + muteHours * 3_600_000);
    const { service, server, band } = signal;
    const series = seriesOf(signal);
    const said = { signal: id, service, server, series, band, person: person.id, at };
    const number = await insert(tx, { kind: 'mute', ...said, until });
    const facts = { silence: number, until: until.toISOString(), series: series.map((one) => ({ ...one })) };
    const show = { name: 'show' as const, subject: `signal:${id}` as const };
    return {
      result: {
        kind: 'done',
        because: `Muted until ${clockOf(until, timezone)} (${timezone}): it is recorded and not told, unless it becomes worse. Undo it on the card, or with "/roster unmute ${number}".`,
      },
      entries: [{ kind: 'signal.muted', by: { person: person.id }, about: aboutSignal(signal), facts }],
      jobs: [show, { ...show, after: until }],
    };
  });
}
