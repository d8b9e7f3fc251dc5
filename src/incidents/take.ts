import { beginAfresh, hold, letGo } from '../actions/hold.ts';
import type { PersonId } from '../ids.ts';
import type { Tx } from '../postgres/database.ts';
import { watchOn } from './escalate.ts';
import { handOver } from './handoffs/hand-over.ts';
import { type Intervened, notNow } from './heeded.ts';
import type { Incident } from './incident.ts';
import type { Responder } from './responder.ts';
import { giveAll } from './steps/deeds.ts';
import { loadLog, log, setAfresh, setEnded, setPaused, update } from './store.ts';
import { keepJudged } from './sure.ts';

/** A person takes the incident over: the workers change nothing more on it, and go on watching. */
export async function take(
  { gateway }: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
): Promise<Intervened> {
  const { id, service } = incident;
  if (incident.status === 'taken') return notNow('Somebody has it already: the card shows who.');
  await update(tx, id, { status: 'taken', owner: person });
  await setPaused(tx, id, null);
  await log(tx, id, { kind: 'taken', facts: { person } });
  const waiting = await hold(gateway, tx, id);
  return {
    result: {
      kind: 'done',
      because: 'It is yours: the workers change nothing more on it and keep watching.',
    },
    entries: [{ kind: 'incident.taken', by: { person }, about: { incident: id, service } }],
    jobs: [...waiting, { name: 'show', subject: `incident:${id}` }, ...watchOn(incident)],
  };
}

/** A person hands the incident back: the workers look into it afresh and go on. */
export async function giveBack(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
): Promise<Intervened> {
  const { gateway } = responder;
  const { id, service, status } = incident;
  if (status === 'remediating' && incident.runbook?.by) return giveAll(responder, tx, incident, person);
  if (status !== 'taken') return notNow('Nobody has taken this incident, so there is nothing to hand back.');
  const { attempt } = await beginAfresh(gateway, tx, id);
  await letGo(gateway, tx, id);
  await setAfresh(tx, id, attempt);
  await log(tx, id, { kind: 'handed-back', facts: { person } });
  const handed = await handOver(
    responder,
    tx,
    { ...incident, status: 'investigating' },
    {
      from: { person },
      to: 'analysis',
      intent: 'look into it afresh',
      confidence: 1,
      reasoning: ['A person hands it back.'],
      evidence: [],
    },
  );
  return {
    result: { kind: 'done', because: 'Handed back: the workers look into it afresh.' },
    entries: [
      { kind: 'incident.handed-back', by: { person }, about: { incident: id, service } },
      ...handed.entries,
    ],
    jobs: handed.jobs,
  };
}

/** A person says that nothing is wrong: the incident ends, and nothing more is done on it. */
export async function callOff(
  { gateway, now }: Responder,
  tx: Tx,
  incident: Incident,
  person: PersonId,
): Promise<Intervened> {
  const { id, service } = incident;
  await keepJudged(tx, incident, await loadLog(tx, id), { end: 'false-alarm', now: now() });
  await log(tx, id, { kind: 'false-alarm', facts: { person } });
  await setEnded(tx, id, 'false-alarm');
  await setPaused(tx, id, null);
  const waiting = await hold(gateway, tx, id);
  const facts = { status: 'false-alarm' };
  return {
    result: { kind: 'done', because: 'Noted as a false alarm: nothing more is done on it.' },
    entries: [{ kind: 'incident.ended', by: { person }, about: { incident: id, service }, facts }],
    jobs: [...waiting, { name: 'show', subject: `incident:${id}` }],
  };
}
