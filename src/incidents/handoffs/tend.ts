import type { Charter } from '../../charter/charter.ts';
import { standInFor, takesOn } from '../../charter/duty.ts';
import type { WorkerId } from '../../ids.ts';
import { type Consequences, save } from '../../jobs/save.ts';
import type { Tx } from '../../postgres/database.ts';
import { escalate } from '../escalate.ts';
import type { Incident } from '../incident.ts';
import type { Responder } from '../responder.ts';
import { lock } from '../store.ts';
import { handTo } from './hand-over.ts';
import { type Handoff, isLate, phases } from './handoff.ts';
import { loadLast, loadOf, loadOpen, setRefused } from './store.ts';

/**
 * Notices handoffs that nobody took in time: another worker with the duty has it, who has not had it before, else a
 * person is asked. Safe to call twice.
 */
export async function tendHandoffs(responder: Responder): Promise<void> {
  const { db } = responder.gateway;
  const now = responder.now();
  const charters = await responder.charters(db);
  const late = (await loadOpen(db)).filter((one) => isLate(one, receiverOf(one, charters), now));
  for (const one of late) {
    await save(responder.gateway, async (tx) => {
      const incident = await lock(tx, one.incident);
      const handoff = await loadLast(tx, one.incident, one.to.duty);
      // Taken, refused or superseded in the meantime.
      if (!incident || handoff?.id !== one.id || !isLate(handoff, receiverOf(handoff, charters), now))
        return { result: undefined, entries: [], jobs: [] };
      return { result: undefined, ...(await replace(responder, tx, incident, { handoff, charters })) };
    });
  }
}

function receiverOf({ to }: Handoff, charters: Charter[]): Charter | undefined {
  return charters.find(({ worker }) => worker === to.worker);
}

async function replace(
  responder: Responder,
  tx: Tx,
  incident: Incident,
  { handoff, charters }: { handoff: Handoff; charters: Charter[] },
): Promise<Consequences> {
  const { from, to, intent, confidence, reasoning, evidence } = handoff;
  // A person has it, or it is over: nobody is waiting for it.
  if (incident.status !== phases[to.duty].status) {
    await setRefused(tx, handoff.id, 'It is no longer needed.');
    return { entries: [], jobs: [] };
  }
  const tried = triedFor(handoff, await loadOf(tx, incident.id));
  const left = charters.filter(({ worker }) => !tried.includes(worker));
  const other = standInFor(left, { ...to, service: incident.service });
  const receiver = receiverOf(handoff, charters);
  const name = receiver?.name ?? to.worker;
  const within = receiver
    ? ` within ${takesOn(receiver).minutes} minutes`
    : ', as no charter of it is in force';
  const because = `${name} did not take this up${within}`;
  const then = other
    ? `${because}: ${other.name} has it.`
    : `${because}, and no other worker has the duty ${to.duty}: a person must go on.`;
  await setRefused(tx, handoff.id, then);
  const noticed = {
    kind: 'handoff.late' as const,
    by: { roster: 'handoffs' },
    about: { incident: incident.id, service: incident.service },
    facts: { duty: to.duty, worker: to.worker, instead: other?.worker ?? null },
    because: [then],
  };
  const next = other
    ? await handTo(responder, tx, incident, {
        from,
        to: to.duty,
        receiver: other,
        intent,
        confidence,
        reasoning,
        evidence,
      })
    : await escalate(responder, tx, incident, then);
  return { entries: [noticed, ...next.entries], jobs: next.jobs };
}

/** Who was asked for this phase and did not do it: it goes round once. */
function triedFor({ to }: Handoff, all: Handoff[]): WorkerId[] {
  const before = all.filter((one) => one.to.duty === to.duty);
  const taken = before.findLastIndex(({ acceptedAt }) => acceptedAt !== null);
  return before.slice(taken + 1).map((one) => one.to.worker);
}
