import type { IncidentId, PersonId } from '../ids.ts';
import { save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { callIn } from './call-in.ts';
import { type Heeded, type Intervened, notNow } from './heeded.ts';
import { type Incident, isOpen } from './incident.ts';
import { merge } from './merge.ts';
import { choose, skip } from './override.ts';
import { pause, resume } from './pause.ts';
import { type Amendment, amend, isAmendment } from './post-mortem/amend.ts';
import { redirect } from './redirect.ts';
import { reopen } from './reopen.ts';
import { resolve } from './resolve.ts';
import type { Responder } from './responder.ts';
import { setSeverity } from './severity.ts';
import { split } from './split.ts';
import { type ByHand, byHand, isByHand, whoByHand } from './steps/by-hand.ts';
import { lock, lockReception } from './store.ts';
import { callOff, giveBack, take } from './take.ts';
import { wrongCause } from './wrong-cause.ts';

/** How a person steps in: on the incident, or once it is over on its post-mortem. */
export type Intervention = Steering | Amendment;

/** `words` are theirs: data that is looked up, never an order by itself. */
type Steering =
  | { do: 'take' }
  | { do: 'hand-back' }
  | { do: 'false-alarm' }
  /** Nothing new begins; the metrics are watched. */
  | { do: 'pause' }
  | { do: 'resume' }
  /** The step that is next is left out. */
  | { do: 'skip' }
  /** Another of the causes found: its place in the list, or what names it. */
  | { do: 'choose'; words: string }
  /** Of one that is over: its cause was another, and why. */
  | { do: 'wrong-cause'; words: string }
  /** How bad it is, 1 the worst. */
  | { do: 'severity'; severity: number }
  /** It is over, where no metric tells. */
  | { do: 'resolved' }
  /** Of one that is over: it is not; why. */
  | { do: 'reopen'; words: string }
  /** It is another, by its id. */
  | { do: 'merge'; words: string }
  /** It is two: what is of this server or service leaves. */
  | { do: 'split'; words: string }
  /** Somebody else is asked by name; why, where they say it. */
  | { do: 'escalate'; words: string }
  /** The workers look elsewhere. */
  | { do: 'redirect'; words: string }
  | ByHand;

export interface By {
  id: PersonId;
  roles: string[];
}

/** A person steps in on an incident, if they may. What they said and did is in the audit. */
export function intervene(
  responder: Responder,
  id: IncidentId,
  person: By,
  wanted: Intervention,
): Promise<Heeded> {
  return save(responder.gateway, (tx) => intervened(responder, tx, { id, person, wanted }));
}

/** The same within a transaction of the caller's. */
export async function intervened(
  responder: Responder,
  tx: Tx,
  { id, person, wanted }: { id: IncidentId; person: By; wanted: Intervention },
): Promise<Intervened> {
  const usual = mayIntervene(responder);
  const roles = isByHand(wanted) ? await whoByHand(responder, tx, id, { wanted, usual }) : usual;
  if (![...person.roles, person.id].some((one) => roles.includes(one)))
    return notYours(id, person, wanted, roles);
  // Signals change hands, or one more is open: none comes in meanwhile, and two merges lock in one order.
  if (['merge', 'split', 'reopen'].includes(wanted.do)) await lockReception(tx);
  const incident = await lock(tx, id);
  if (incident && isAmendment(wanted)) return amend(responder, tx, incident, person.id, wanted);
  if (incident && (wanted.do === 'wrong-cause' || wanted.do === 'reopen'))
    return perform(responder, tx, incident, person.id, wanted);
  if (!incident || !isOpen(incident) || isAmendment(wanted)) return notNow('This incident is over.');
  if (incident.status === 'verified' && wanted.do !== 'false-alarm') return notNow('This incident is over.');
  return perform(responder, tx, incident, person.id, wanted);
}

/** The roles that answer for what is no high risk decide on an incident too. */
export function mayIntervene({ gateway: { policy } }: Responder): string[] {
  return [...new Set([...policy.ask.low.seats, ...policy.ask.medium.seats].flat())];
}

function perform(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
  wanted: Steering,
): Promise<Intervened> | Intervened {
  switch (wanted.do) {
    case 'take':
      return take(responder, tx, incident, person);
    case 'hand-back':
      return giveBack(responder, tx, incident, person);
    case 'false-alarm':
      return callOff(responder, tx, incident, person);
    case 'pause':
      return pause(responder, tx, incident, person);
    case 'resume':
      return resume(responder, tx, incident, person);
    case 'skip':
      return skip(responder, tx, incident, person);
    case 'by-hand':
    case 'done-by-me':
    case 'let-worker':
    case 'skip-step':
    case 'give-rest':
      return byHand(responder, tx, incident, person, wanted);
    case 'wrong-cause':
      return wrongCause(responder, tx, incident, person, wanted.words);
    case 'severity':
      return setSeverity(responder, tx, incident, person, wanted.severity);
    case 'resolved':
      return resolve(responder, tx, incident, person);
    case 'reopen':
      return reopen(responder, tx, incident, person, wanted.words);
    case 'merge':
      return merge(responder, tx, incident, person, wanted.words);
    case 'split':
      return split(responder, tx, incident, person, wanted.words);
    case 'escalate':
      return callIn(responder, tx, incident, person, wanted.words);
    case 'choose':
      return choose(responder, tx, incident, person, wanted.words);
    case 'redirect':
      return redirect(responder, tx, incident, person, wanted.words);
  }
}

function notYours(incident: IncidentId, { id }: By, wanted: Intervention, roles: string[]): Intervened {
  const because = `Only ${roles.join(' or ')} may step in here: ask one of them. Nothing was changed.`;
  return {
    result: { kind: 'not-yours', because },
    entries: [
      {
        kind: 'door.refused',
        by: { person: id },
        about: { incident },
        facts: { intent: wanted.do },
        because: [because],
      },
    ],
    jobs: [],
  };
}
