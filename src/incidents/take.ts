import { handBack, hold } from '../actions/hold.ts';
import type { IncidentId, PersonId } from '../ids.ts';
import type { Job } from '../jobs/job.ts';
import { save } from '../jobs/save.ts';
import { type Incident, isOpen } from './incident.ts';
import type { Responder } from './responder.ts';
import { lock, log, setEnded, update } from './store.ts';

export type Taken = { kind: 'taken'; because: string } | { kind: 'not-now'; because: string };

/** A person takes the incident over: the workers change nothing more on it, and go on watching. */
export function take(responder: Responder, id: IncidentId, person: PersonId): Promise<Taken> {
  return save<Taken>(responder.gateway, async (tx) => {
    const incident = await lock(tx, id);
    if (!incident || !isOpen(incident) || incident.status === 'verified') return over;
    if (incident.status === 'taken')
      return {
        result: { kind: 'not-now', because: 'Somebody has it already: the card shows who.' },
        entries: [],
        jobs: [],
      };
    await update(tx, id, { status: 'taken', owner: person });
    await log(tx, id, { kind: 'taken', facts: { person } });
    const waiting = await hold(responder.gateway, tx, id);
    return {
      result: {
        kind: 'taken',
        because: 'It is yours: the workers change nothing more on it and keep watching.',
      },
      entries: [
        { kind: 'incident.taken', by: { person }, about: { incident: id, service: incident.service } },
      ],
      jobs: [...waiting, { name: 'show', subject: `incident:${id}` }, ...watchOn(incident)],
    };
  });
}

/** A person hands the incident back: the workers look into it afresh and go on. */
export function giveBack(responder: Responder, id: IncidentId, person: PersonId): Promise<Taken> {
  return save<Taken>(responder.gateway, async (tx) => {
    const incident = await lock(tx, id);
    if (incident?.status !== 'taken') {
      return {
        result: {
          kind: 'not-now',
          because: 'Nobody has taken this incident, so there is nothing to hand back.',
        },
        entries: [],
        jobs: [],
      };
    }
    await handBack(tx, id);
    await update(tx, id, { status: 'investigating' });
    await log(tx, id, { kind: 'handed-back', facts: { person } });
    return {
      result: { kind: 'taken', because: 'Handed back: the workers look into it afresh.' },
      entries: [
        { kind: 'incident.handed-back', by: { person }, about: { incident: id, service: incident.service } },
      ],
      jobs: [
        { name: 'investigate', incident: id },
        { name: 'show', subject: `incident:${id}` },
      ],
    };
  });
}

/** A person says that nothing is wrong: the incident ends, and nothing more is done on it. */
export function callOff(responder: Responder, id: IncidentId, person: PersonId): Promise<Taken> {
  return save<Taken>(responder.gateway, async (tx) => {
    const incident = await lock(tx, id);
    if (!incident || !isOpen(incident)) return over;
    await log(tx, id, { kind: 'false-alarm', facts: { person } });
    await setEnded(tx, id, 'false-alarm');
    const waiting = await hold(responder.gateway, tx, id);
    return {
      result: { kind: 'taken', because: 'Noted as a false alarm: nothing more is done on it.' },
      entries: [
        {
          kind: 'incident.ended',
          by: { person },
          about: { incident: id, service: incident.service },
          facts: { status: 'false-alarm' },
        },
      ],
      jobs: [...waiting, { name: 'show', subject: `incident:${id}` }],
    };
  });
}

const over = {
  result: { kind: 'not-now' as const, because: 'This incident is over.' },
  entries: [],
  jobs: [],
};

/** The metrics are watched on; an incident that is verifying or escalated already has its next look due. */
function watchOn({ id, status }: Incident): Job[] {
  return status === 'verifying' || status === 'escalated' ? [] : [{ name: 'verify', incident: id }];
}
