import type { SilenceId } from '../../ids.ts';
import { save } from '../../jobs/save.ts';
import {
  type Answered,
  type Answerer,
  type Answering,
  aboutSignal,
  notYours,
  objection,
  refused,
} from './answering.ts';
import { isStanding } from './silence.ts';
import { lock, setEnded } from './store.ts';

/** Ends a mute or something expected before its time, by its number. Safe to call twice. */
export function unmute(answering: Answering, number: string, person: Answerer): Promise<Answered> {
  const { store, now } = answering;
  return save(store, async (tx) => {
    const found = /^\d{1,9}$/.test(number) ? await lock(tx, number as SilenceId) : undefined;
    if (!found)
      return refused(
        `Nothing is muted under ${number.slice(0, 20) || 'no number'}: "/roster mutes" lists all.`,
      );
    const because = objection(answering, found.service, person);
    if (because) return notYours(found.signal, person, 'unmute', because);
    const at = now();
    if (!isStanding(found, at)) return refused('It is over already: what happens is told again.');
    await setEnded(tx, found.id, at, person.id);
    const about = aboutSignal({ ...found, id: found.signal });
    return {
      result: { kind: 'done', because: 'Undone: what happens there is told again.' },
      entries: [{ kind: 'signal.unmuted', by: { person: person.id }, about, facts: { silence: found.id } }],
      jobs: [{ name: 'show', subject: `signal:${found.signal}` }],
    };
  });
}
