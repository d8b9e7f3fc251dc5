import type { IncidentId, PersonId } from '../ids.ts';
import { save } from '../jobs/save.ts';
import type { Tx } from '../postgres/database.ts';
import { type Heeded, type Intervened, notNow } from './heeded.ts';
import { type Incident, isOpen } from './incident.ts';
import { choose, skip } from './override.ts';
import { pause, resume } from './pause.ts';
import { redirect } from './redirect.ts';
import type { Responder } from './responder.ts';
import { lock } from './store.ts';
import { callOff, giveBack, take } from './take.ts';
import { wrongCause } from './wrong-cause.ts';

/** How a person steps in. `words` are theirs: data that is looked up, never an order by itself. */
export type Intervention =
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
  /** The workers look elsewhere. */
  | { do: 'redirect'; words: string };

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
  const roles = mayIntervene(responder);
  if (!person.roles.some((role) => roles.includes(role))) return notYours(id, person, wanted, roles);
  const incident = await lock(tx, id);
  if (incident && wanted.do === 'wrong-cause')
    return wrongCause(responder, tx, incident, person.id, wanted.words);
  if (!incident || !isOpen(incident)) return notNow('This incident is over.');
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
  wanted: Intervention,
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
    case 'wrong-cause':
      return wrongCause(responder, tx, incident, person, wanted.words);
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
