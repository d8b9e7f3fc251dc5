import type { SignalId } from '../../ids.ts';
import { type Answered, type Answerer, type Answering, aboutSignal, onSignal, refused } from './answering.ts';
import { insertVote } from './store.ts';
import { voteDays } from './vote.ts';

/** Somebody had no use for a signal: the same fingerprint must then be a little further off to be raised. One vote a person. */
export function notUseful(answering: Answering, id: SignalId, person: Answerer): Promise<Answered> {
  return onSignal(answering, id, async (tx, signal) => {
    const at = answering.now();
    const since = new Date(at.getTime() - voteDays * 86_400_000);
    if (!(await insertVote(tx, signal, person.id, at, since)))
      return refused('You have said so already: it counts once a person.');
    const facts = { fingerprint: signal.fingerprint };
    return {
      result: { kind: 'done', because: 'Thank you: it takes a little more from now on until this is told.' },
      entries: [{ kind: 'signal.not-useful', by: { person: person.id }, about: aboutSignal(signal), facts }],
      jobs: [{ name: 'show', subject: `signal:${id}` }],
    };
  });
}
