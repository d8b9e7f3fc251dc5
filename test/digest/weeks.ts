// Weeks told by hand: a busy one after a quieter one, one in which nothing was, and the first of all.

import { type Digest, type Written, weekAt, write } from '../../src/digest/digest.ts';
import { fernwood } from '../../src/estate/company.ts';
import type { ActionId, ApprovalId, IncidentId, PersonId, SignalId, WorkerId } from '../../src/ids.ts';
import type { Case, Facts } from '../../src/scorecards/facts.ts';
import { manifests } from '../shift.ts';

const { reporting, charters } = manifests;
const monday = new Date('2026-11-23T07:00:00Z');
export const { day, week } = weekAt(reporting, monday);
const rex = 'rex' as WorkerId;
const dayMs = 86_400_000;

const none: Facts = {
  ...{ cases: [], predictions: [], signals: [], deeds: [], questions: [], effects: [], votes: [] },
  ...{ ratings: [], risks: [], proposals: [], spent: [] },
};

/** The nth incident, ended so many days before the week is over; `quick` ones need nobody. */
function incident(nth: number, daysBefore: number, quick: boolean): Case {
  const at = new Date(week.to.getTime() - daysBefore * dayMs);
  const openedAt = new Date(at.getTime() - 600_000);
  return {
    ...{
      id: `inc-${nth}` as IncidentId,
      at,
      service: nth % 2 ? 'checkout' : 'catalogue',
      severity: 1 + (nth % 4),
    },
    ...{
      falseAlarm: false,
      openedAt,
      causeAt: new Date(openedAt.getTime() + 20_000),
      causeBy: 'iris' as WorkerId,
    },
    mendedAt: new Date(openedAt.getTime() + (quick ? 150_000 : 420_000)),
    workers: ['iris', 'rex'] as WorkerId[],
    needed: quick ? [] : ['asked'],
    ...{ byPeople: [], redone: nth % 7 === 0 ? ['wrong cause'] : [] },
    ...{ userMinutes: nth % 5 === 0 ? null : 100 * nth, posts: 5 },
  };
}

function busy(): Facts {
  const cases = Array.from({ length: 24 }, (_, nth) => incident(nth + 1, 1 + ((nth * 13) % 26), nth % 3 > 0));
  const deeds = cases.map(({ id, at, needed }, nth) => ({
    ...{
      id: `act-${nth}` as ActionId,
      at,
      incident: id,
      worker: rex,
      tool: 'restart-service',
      status: 'done',
      ran: true,
    },
    ...{
      autonomous: needed.length === 0,
      decided: needed.length === 0 ? 'allow' : 'ask',
      approved: needed.length > 0,
    },
    ...{ health: nth === 5 ? ('same' as const) : ('better' as const), confidence: 0.9, requestedBy: null },
    ...{ rollsBack: false, audited: true },
  }));
  const asked = cases.filter(({ needed }) => needed.length > 0);
  return {
    ...none,
    cases,
    deeds,
    signals: cases.map(({ id, at }, nth) => ({
      ...{
        id: `sig-${nth}` as SignalId,
        at,
        held: false,
        service: 'checkout',
        incident: id,
        useless: nth % 9 === 0,
        acted: true,
        settled: true,
      },
    })),
    questions: asked.map(({ id, at }, nth) => ({
      ...{
        id: `app-${nth}` as ApprovalId,
        at,
        askedAt: new Date(at.getTime() - 180_000),
        incident: id,
        worker: rex,
      },
      ...{ what: 'Restart checkout on app-03', rounds: 1, regretted: false },
      status: nth === 0 ? ('rejected' as const) : ('approved' as const),
      answers: [
        {
          ...{ person: 'p-oncall' as PersonId, at },
          ...(nth === 0
            ? { answer: 'reject' as const, reason: 'We are in a sale: wait an hour.' }
            : { answer: 'approve' as const, reason: null }),
        },
      ],
    })),
    effects: cases.map(({ id, at }, nth) => ({
      id: `${id} step 1`,
      at,
      incident: id,
      worker: rex,
      seen: nth % 8 > 0,
    })),
    spent: [
      {
        id: 'worker:iris:2026-11-18',
        at: new Date('2026-11-18T00:00:00Z'),
        worker: 'iris' as WorkerId,
        money: 412,
        tokens: 90_000,
      },
    ],
  };
}

function written(facts: Facts): Written {
  const foundation = { darkServers: 0, months: 2, uncovered: 1 };
  return write({ day, period: week, reporting, inventory: fernwood, facts, charters, foundation });
}

/** The week of 16–22 November 2026, and the three before it. */
export const busyWeek: Digest = { ...written(busy()), picture: null };
/** Nothing happened, in this week or before. */
export const quietWeek: Digest = { ...written(none), picture: null };
/** Two incidents and a deed against the rules: too little for most figures. */
export const firstWeek: Digest = {
  ...written({
    ...none,
    cases: [incident(1, 2, true), incident(2, 1, false)],
    deeds: busy()
      .deeds.slice(0, 1)
      .map((deed) => ({
        ...deed,
        at: new Date(week.to.getTime() - dayMs),
        autonomous: true,
        decided: 'ask',
        approved: false,
      })),
  }),
  picture: null,
};
