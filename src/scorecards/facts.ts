import type { Charter } from '../charter/charter.ts';
import { onDuty } from '../charter/duty.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, SignalId, WorkerId } from '../ids.ts';

/** A time from `from` until before `to`. */
export interface Period {
  from: Date;
  to: Date;
}

/** What recorded rows say of a time; each fact has the time by which it counts, `at`. */
export interface Facts {
  cases: Case[];
  predictions: Foretelling[];
  signals: Told[];
  deeds: Deed[];
  questions: Asked[];
  effects: Effect[];
  votes: Vote[];
  ratings: Rating[];
  risks: Risk[];
  proposals: Proposal[];
  spent: Spent[];
}

/** An incident that is over; by when it ended. */
export interface Case {
  id: IncidentId;
  at: Date;
  service: string;
  /** 1 is the worst. */
  severity: number;
  falseAlarm: boolean;
  openedAt: Date;
  /** When a cause was named first, and by whom. */
  causeAt: Date | null;
  causeBy: WorkerId | null;
  /** When its runbook had ended, or all was usual again where somebody else mended it; null where nobody knows. */
  mendedAt: Date | null;
  /** All workers that told a line of it or took it up. */
  workers: WorkerId[];
  /** Why a person was needed; empty where none was. */
  needed: Need[];
  /** What a person did about it besides deciding, such as taking it; empty where nobody did anything. */
  byPeople: string[];
  /** What was found or done at first did not stand. */
  redone: Redone[];
  userMinutes: number | null;
  /** Messages that stand in chat because of it. */
  posts: number;
}

export type Need = 'asked' | 'escalated' | 'taken' | 'by hand' | 'steered' | 'ended by a person';
export type Redone = 'wrong cause' | 'another cause chosen' | 'rolled back' | 'looked into again';

/** A prediction that is over; by when it ended. */
export interface Foretelling {
  id: IncidentId;
  at: Date;
  worker: WorkerId;
  /** Something was done against it, and it did not come. */
  prevented: boolean;
}

/** A signal; by when it was raised. */
export interface Told {
  id: SignalId;
  at: Date;
  service: string;
  /** Told to nobody by itself. */
  held: boolean;
  incident: IncidentId | null;
  /** A person had no use for it, or its incident was a false alarm. */
  useless: boolean;
  /** It opened or joined an incident, or a person did something about it. */
  acted: boolean;
  /** Nothing more will be known of it: it is over, and so is its incident. */
  settled: boolean;
}

/** A deed through the gateway that has ended, run or not; by when it ended. */
export interface Deed {
  id: ActionId;
  at: Date;
  incident: IncidentId | null;
  worker: WorkerId;
  tool: string;
  status: string;
  ran: boolean;
  autonomous: boolean;
  /** What policy said last. */
  decided: string;
  /** Somebody's yes was used up for it. */
  approved: boolean;
  health: 'better' | 'same' | 'worse' | null;
  /** 0–1 */
  confidence: number;
  requestedBy: PersonId | null;
  rollsBack: boolean;
  /** The audit has both that it began and how it ended. */
  audited: boolean;
}

/** A question put to people that is closed; by when it was. */
export interface Asked {
  id: ApprovalId;
  at: Date;
  askedAt: Date;
  incident: IncidentId | null;
  worker: WorkerId;
  what: string;
  status: 'approved' | 'rejected' | 'lapsed' | 'withdrawn' | 'superseded';
  /** Of how many rounds: from the second on the next contacts were asked. */
  rounds: number;
  answers: Answered[];
  /** What was approved turned out badly: it failed, it did not help, or it was rolled back. */
  regretted: boolean;
}

export interface Answered {
  person: PersonId;
  answer: 'approve' | 'reject';
  at: Date;
  reason: string | null;
}

/** What a step was to bring about, graded; by when it was looked at. */
export interface Effect {
  id: string;
  at: Date;
  incident: IncidentId;
  /** Undefined: a person did it. */
  worker: WorkerId | null;
  seen: boolean;
}

/** A thumb on an answer. */
export interface Vote {
  id: string;
  at: Date;
  worker: WorkerId;
  up: boolean;
}

/** A governor's rating of a worker, 1–5. */
export interface Rating {
  id: string;
  at: Date;
  worker: WorkerId;
  stars: number;
}

/** A kill switch thrown, a refusal of autonomy, or a deed that made things worse. */
export interface Risk {
  id: string;
  at: Date;
  worker: WorkerId | null;
  what: 'kill switch thrown' | 'made worse';
}

/** A runbook put forward from what mended an incident, and adopted. */
export interface Proposal {
  id: IncidentId;
  at: Date;
}

/** What models cost a worker on a day. */
export interface Spent {
  id: string;
  at: Date;
  worker: WorkerId;
  /** In the smallest unit of the policy's currency. */
  money: number;
  tokens: number;
}

/** Those facts that count in a period. Pure. */
export function within(facts: Facts, { from, to }: Period): Facts {
  const those = <T extends { at: Date }>(all: T[]) => all.filter(({ at }) => at >= from && at < to);
  const { cases, predictions, signals, deeds, questions, effects, votes, ratings, risks, proposals, spent } =
    facts;
  return {
    ...{ cases: those(cases), predictions: those(predictions), signals: those(signals) },
    ...{ deeds: those(deeds), questions: those(questions), effects: those(effects) },
    ...{ votes: those(votes), ratings: those(ratings), risks: those(risks) },
    ...{ proposals: those(proposals), spent: those(spent) },
  };
}

/**
 * Those facts that are of one worker's work; what belongs to no worker is left out. A signal is of who has the duty
 * monitoring for its service. Pure.
 */
export function ofWorker(facts: Facts, worker: WorkerId, charters: Charter[]): Facts {
  const those = <T extends { worker: WorkerId | null }>(all: T[]) =>
    all.filter((one) => one.worker === worker);
  return {
    cases: facts.cases.filter(({ workers }) => workers.includes(worker)),
    predictions: those(facts.predictions),
    signals: facts.signals.filter(
      ({ service }) => onDuty(charters, 'monitoring', service)?.worker === worker,
    ),
    deeds: those(facts.deeds),
    questions: those(facts.questions),
    effects: those(facts.effects),
    votes: those(facts.votes),
    ratings: those(facts.ratings),
    risks: those(facts.risks),
    proposals: [],
    spent: those(facts.spent),
  };
}

/** Whether nothing at all is recorded. Pure. */
export function isEmpty(facts: Facts): boolean {
  return Object.values(facts).every((all) => all.length === 0);
}
