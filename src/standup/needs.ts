import type { Approval } from '../approvals/approval.ts';
import type { PersonId, WorkerId } from '../ids.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Asked } from '../incidents/read.ts';
import { called, type Rows, type Telling, whose } from './standup.ts';
import type { Line } from './told.ts';

/** What needs people: decisions by when they lapse, incidents by how bad they are, what is late. Pure. */
export function needsYou({ incidents, approvals, asked, late }: Rows, telling: Telling): Line[] {
  const isTold = (worker: WorkerId | null) => {
    const its = whose(worker, telling.team);
    return its !== undefined && telling.workers.includes(its);
  };
  const waiting = approvals
    .filter(({ worker }) => isTold(worker))
    .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime());
  const stuck = incidents
    .filter(({ status, worker, endedAt }) => status === 'escalated' && !endedAt && isTold(worker))
    .sort((a, b) => a.severity - b.severity || a.openedAt.getTime() - b.openedAt.getTime());
  const forgotten = late.filter(({ worker }) => isTold(worker));
  return [
    ...waiting.map((one) => decisionLine(one, telling)),
    ...stuck.map((one) =>
      stuckLine(
        one,
        asked.find(({ incident }) => incident === one.id),
        telling,
      ),
    ),
    ...forgotten.map(({ owner, nth, what, due, incident }): Line => {
      return [{ person: owner }, `: ${what}, due ${due} (task ${nth} of `, { incident }, ')'];
    }),
  ];
}

function decisionLine(
  { id, question, terms, excluded, answers, expiresAt, incident }: Approval,
  { people }: Telling,
): Line {
  const answered = answers.map(({ person }) => person);
  const not = [...excluded, ...answered];
  return [
    ...who(terms.seats, not, people),
    ': decide on ',
    { question: id, text: question.what },
    ...(incident ? [' (', { incident }, ')'] : []),
    ', before ',
    { time: expiresAt },
  ];
}

function stuckLine(incident: Incident, asked: Asked | undefined, { people, team }: Telling): Line {
  const named = asked?.next ? [asked.next] : (asked?.asks?.people ?? []);
  const usual = team.find(({ worker }) => worker === incident.worker)?.cadence.escalates_to;
  const roles = asked?.by ? (asked.asks?.roles ?? []) : [...(usual ?? []), ...(asked?.asks?.roles ?? [])];
  const whom = named.length > 0 ? persons(named) : who([[...new Set(roles)]], [], people);
  return [...whom, ': take ', ...called(incident), ...(asked ? [`. ${asked.because}`] : [])];
}

/** The one person who can, by name; else the roles in words. */
function who(seats: string[][], not: PersonId[], people: Telling['people']): Line {
  const can = people.withRole(...seats.flat()).filter(({ id }) => !not.includes(id));
  const [only] = can;
  if (only && can.length === 1) return [{ person: only.id }];
  const words = seats.filter((seat) => seat.length > 0).map((seat) => seat.map(roleIn).join(' or '));
  return [{ bold: capital(words.join(', and ') || 'a person') }];
}

function persons(ids: PersonId[]): Line {
  return ids.flatMap((person, nth): Line => (nth > 0 ? [', ', { person }] : [{ person }]));
}

/** `database-owner` → "a database owner"; who is on call is one of several too. */
function roleIn(role: string): string {
  return role === 'on-call' ? 'who is on call' : `a ${role.replaceAll('-', ' ')}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
