import type { SignalId } from '../ids.ts';
import { service as findService } from '../inventory/inventory.ts';
import { save } from '../jobs/save.ts';
import { signal as findSignal } from '../monitoring/read.ts';
import type { Signal } from '../monitoring/signal.ts';
import { type Heeded, type Intervened, notNow } from './heeded.ts';
import { type By, mayIntervene } from './intervene.ts';
import { decide, follow } from './receive.ts';
import type { Responder } from './responder.ts';
import { lockReception } from './store.ts';

/**
 * A person wants a signal looked into that opened nothing by itself: an incident is opened for it, or one that is open
 * beside it takes it in. Safe to call twice.
 */
export function lookInto(responder: Responder, id: SignalId, person: By): Promise<Heeded> {
  return save(responder.gateway, async (tx): Promise<Intervened> => {
    await lockReception(tx);
    const signal = await findSignal(tx, id);
    if (!signal) return notNow('This signal is not in the record.');
    const objection = objectionOf(responder, signal, person);
    if (objection) return notYours(id, person, objection);
    if (signal.incident) return notNow(`${signal.incident} looks into it already.`);
    const decided = await decide(responder, tx, signal);
    if (decided.kind === 'ignore') return notNow(decided.because);
    // What opens nothing by itself does when a person wants it.
    const received = decided.kind === 'tell' ? { ...decided, kind: 'open' as const } : decided;
    const asked = { ...received, because: `${received.because} A person asked for it.` };
    const { entries, jobs } = await follow(responder, tx, {
      signal,
      received: asked,
      by: { person: person.id },
    });
    const because =
      received.kind === 'open'
        ? `${received.as === 'prediction' ? 'A prediction' : 'An incident'} is opened: what is found is told in its thread.`
        : `${received.to.id} is open there and takes it in.`;
    return {
      result: { kind: 'done', because },
      entries,
      jobs: [...jobs, { name: 'show', subject: `signal:${id}` }],
    };
  });
}

/** Whoever may step in on an incident, and the owner of the service. */
function objectionOf(responder: Responder, { service }: Signal, person: By): string | undefined {
  const roles = mayIntervene(responder);
  if (person.roles.some((role) => roles.includes(role))) return undefined;
  if (findService(responder.inventory, service)?.owner === person.id) return undefined;
  return `Only ${roles.join(' or ')}, or the owner of ${service}, may open an incident: ask one of them. Nothing was changed.`;
}

function notYours(signal: SignalId, { id }: By, because: string): Intervened {
  const facts = { intent: 'investigate' };
  return {
    result: { kind: 'not-yours', because },
    entries: [{ kind: 'door.refused', by: { person: id }, about: { signal }, facts, because: [because] }],
    jobs: [],
  };
}
