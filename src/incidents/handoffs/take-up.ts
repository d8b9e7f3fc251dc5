import type { Charter } from '../../charter/charter.ts';
import { onDuty } from '../../charter/duty.ts';
import type { IncidentId, WorkerId } from '../../ids.ts';
import { type Consequences, save } from '../../jobs/save.ts';
import type { Tx } from '../../postgres/database.ts';
import { escalate } from '../escalate.ts';
import type { Incident } from '../incident.ts';
import { actorOf, type Responder } from '../responder.ts';
import { lock, update } from '../store.ts';
import { type Handoff, judge, lineOf, phases, type Receiving } from './handoff.ts';
import { loadLast, setAccepted, setRefused } from './store.ts';

export type Taken =
  /** The incident is its worker's; `line` tells of the handoff, where there was one. */
  | { kind: 'taken'; line: string | undefined }
  /** There is nothing to do in this phase: it was refused, or it is over. */
  | { kind: 'nothing' };

/** Accepts or refuses what was handed to a duty, before its phase does anything. Safe to call twice: it is accepted once. */
export function takeUp(responder: Responder, id: IncidentId, duty: Receiving): Promise<Taken> {
  return save(responder.gateway, async (tx): Promise<{ result: Taken } & Consequences> => {
    const incident = await lock(tx, id);
    if (incident?.status !== phases[duty].status) return nothing;
    const charters = await responder.charters(tx);
    const handoff = await loadLast(tx, id, duty);
    if (!handoff) {
      // From before there were handoffs.
      const worker = onDuty(charters, duty, incident.service)?.worker ?? incident.worker;
      return { result: await taken(responder, tx, incident, worker), entries: [], jobs: [] };
    }
    if (handoff.refused !== null) return nothing;
    const { to, acceptedBy } = handoff;
    const receiver = charters.find(({ worker }) => worker === to.worker);
    const line = lineOf(handoff, namesOf(handoff, charters));
    if (acceptedBy) return { result: { kind: 'taken', line }, entries: [], jobs: [] };
    // Left open, it is noticed as late.
    if (!receiver) return nothing;
    return { ...(await received(responder, tx, incident, { handoff, receiver, line })) };
  });
}

const nothing: { result: Taken } & Consequences = { result: { kind: 'nothing' }, entries: [], jobs: [] };

async function received(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { handoff, receiver, line }: { handoff: Handoff; receiver: Charter; line: string },
): Promise<{ result: Taken } & Consequences> {
  const { worker } = receiver;
  const judged = judge(handoff, receiver);
  const result = await taken(responder, tx, incident, worker, line);
  const by = actorOf(responder, worker);
  const about = { incident: incident.id, service: incident.service };
  const facts = { duty: handoff.to.duty, confidence: handoff.confidence };
  if (judged.kind === 'accept') {
    await setAccepted(tx, handoff.id, worker);
    return { result, entries: [{ kind: 'handoff.accepted', by, about, facts }], jobs: [] };
  }
  const { because } = judged;
  await setRefused(tx, handoff.id, because);
  const asked = await escalate(responder, tx, { ...incident, worker }, because);
  const refused = { kind: 'handoff.refused' as const, by, about, facts, because: [because] };
  return { ...nothing, entries: [refused, ...asked.entries], jobs: asked.jobs };
}

/** From here on the incident is this worker's. */
async function taken(
  { gateway }: Responder,
  tx: Tx,
  { id }: Incident,
  worker: WorkerId,
  line?: string,
): Promise<Taken> {
  await gateway.refresh?.(tx, worker);
  await update(tx, id, { worker });
  return { kind: 'taken', line };
}

function namesOf({ from, to }: Handoff, charters: Charter[]): { from: string; to: string } {
  const nameOf = (id: WorkerId) => charters.find(({ worker }) => worker === id)?.name ?? id;
  return { from: 'person' in from ? 'A person' : nameOf(from.worker), to: nameOf(to.worker) };
}
