import type { Charter } from '../../charter/charter.ts';
import { onDuty } from '../../charter/duty.ts';
import type { Consequences } from '../../jobs/save.ts';
import type { Tx } from '../../postgres/database.ts';
import { escalate } from '../escalate.ts';
import type { Happening, Incident } from '../incident.ts';
import { actorOf, type Responder } from '../responder.ts';
import { log } from '../store.ts';
import { type Handoff, lineOf, phases, type Receiving } from './handoff.ts';
import { insert } from './store.ts';

export interface Handing extends Pick<Handoff, 'from' | 'intent' | 'confidence' | 'reasoning' | 'evidence'> {
  to: Receiving;
  /** What the thread tells of the phase that ends so, with the handoff as one line. */
  tells?: (handed: string | undefined) => Happening;
}

/**
 * Hands an incident to whoever has the next duty for its service, in the transaction of the result that is handed over:
 * the next phase's job is due. Where nobody has the duty a person is asked. The incident must be in that phase's status.
 */
export async function handOver(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  handing: Handing,
): Promise<Consequences> {
  const receiver = onDuty(await responder.charters(tx), handing.to, incident.service);
  const line = receiver && lineOf(handing, { from: nameOf(responder, handing.from), to: receiver.name });
  if (handing.tells) await log(tx, incident.id, handing.tells(line));
  if (!receiver) {
    const because = `No charter in force has the duty ${handing.to} for ${incident.service}, so a person must go on: give it to a worker in manifests/workers and adopt that.`;
    return escalate(responder, tx, incident, because);
  }
  return handTo(responder, tx, incident, { ...handing, receiver });
}

/** Hands an incident to one worker. */
export async function handTo(
  responder: Responder,
  tx: Tx,
  { id, service }: Pick<Incident, 'id' | 'service'>,
  { from, to, receiver, intent, confidence, reasoning, evidence }: Handing & { receiver: Charter },
): Promise<Consequences> {
  const { worker } = receiver;
  await insert(tx, { incident: id, from, to: { worker, duty: to }, intent, confidence, reasoning, evidence });
  return {
    entries: [
      {
        kind: 'handoff.made',
        by: 'person' in from ? from : actorOf(responder, from.worker),
        about: { incident: id, service },
        facts: { to: worker, duty: to, intent, confidence, evidence },
        because: reasoning,
      },
    ],
    jobs: [phases[to].job(id), { name: 'show', subject: `incident:${id}` }],
  };
}

function nameOf({ gateway }: Responder, from: Handoff['from']): string {
  return 'person' in from ? 'A person' : (gateway.charterOf(from.worker)?.name ?? from.worker);
}
