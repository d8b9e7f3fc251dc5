import { noted } from '../audit/noted.ts';
import type { ActionId, WorkerId } from '../ids.ts';
import type { Db } from '../postgres/database.ts';
import type { Deed, Facts, Period, Risk } from './facts.ts';
import type { Said } from './reliability.ts';
import {
  loadCases,
  loadDeeds,
  loadEffects,
  loadPredictions,
  loadProposals,
  loadQuestions,
  loadRatings,
  loadSaid,
  loadSignals,
  loadSpent,
  loadVotes,
} from './store.ts';

/**
 * What the rows say of `since` until `period` ends, and what the audit says of the period itself: a deed of before it
 * counts as audited, and a switch thrown before it is not there.
 */
export async function factsOf(db: Db, period: Period, since = period.from): Promise<Facts> {
  const all = { from: since, to: period.to };
  // The audit takes longest where it is long, so it is asked first and beside the rest.
  const [audit, cases, predictions, signals, deeds, questions, effects] = await Promise.all([
    auditOf(db, period),
    loadCases(db, all),
    loadPredictions(db, all),
    loadSignals(db, all),
    loadDeeds(db, all),
    loadQuestions(db, all),
    loadEffects(db, all),
  ]);
  const [votes, ratings, proposals, spent] = await Promise.all([
    loadVotes(db, all),
    loadRatings(db, all),
    loadProposals(db, all),
    loadSpent(db, all),
  ]);
  const worse = deeds.filter(({ health }) => health === 'worse');
  const risks: Risk[] = [
    ...audit.thrown,
    ...worse.map(({ id, at, worker }): Risk => ({ id, at, worker, what: 'made worse' })),
  ];
  const marked = deeds.map((deed): Deed => {
    const known = deed.ran && deed.at >= period.from;
    return { ...deed, audited: !known || (audit.began.has(deed.id) && audit.ended.has(deed.id)) };
  });
  return {
    ...{ cases, predictions, signals, deeds: marked, questions, effects, votes, ratings },
    ...{ risks: risks.toSorted((a, b) => a.at.getTime() - b.at.getTime()), proposals, spent },
  };
}

/** Confidences as they were said in a time, and whether they were right. */
export function saidIn(db: Db, period: Period): Promise<Said[]> {
  return loadSaid(db, period);
}

/** A deed may have begun the day before it ended. */
const dayMs = 86_400_000;

async function auditOf(db: Db, { from, to }: Period) {
  const kinds = ['action.running', 'action.ended', 'action.cancelled', 'kill.thrown'] as const;
  const told = await noted(db, [...kinds], {
    from: new Date(from.getTime() - dayMs),
    to: new Date(to.getTime() + dayMs),
  });
  const of = (...wanted: string[]) => told.filter(({ entry }) => wanted.includes(entry.kind));
  const actions = (entries: typeof told) =>
    new Set(entries.map(({ entry }) => entry.about?.action as ActionId));
  const thrown = of('kill.thrown')
    .map(({ seq, at, entry }): Risk => {
      const [, worker] = /^worker:(.*)$/.exec(String(entry.facts?.scope ?? '')) ?? [];
      return {
        id: `audit ${seq}`,
        at: new Date(at),
        worker: (worker as WorkerId) ?? null,
        what: 'kill switch thrown',
      };
    })
    .filter(({ at }) => at >= from && at < to);
  return {
    began: actions(of('action.running')),
    ended: actions(of('action.ended', 'action.cancelled')),
    thrown,
  };
}
