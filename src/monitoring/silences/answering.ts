import type { PersonId, SignalId } from '../../ids.ts';
import { service as findService, type Inventory } from '../../inventory/inventory.ts';
import { type Consequences, type Store, save } from '../../jobs/save.ts';
import type { Tx } from '../../postgres/database.ts';
import { signal as findSignal } from '../read.ts';
import type { Signal } from '../signal.ts';
import { lock } from '../store.ts';

/** What answering a signal needs. */
export interface Answering {
  store: Store;
  inventory: Inventory;
  /** The site's zone: hours and days are by its clocks. */
  timezone: string;
  /** The roles that may keep a signal from being told; the owner of its service may as well. */
  roles: string[];
  now(): Date;
}

export interface Answerer {
  id: PersonId;
  roles: string[];
}

/** What came of an answer, as a sentence for who gave it. */
export interface Answered {
  kind: 'done' | 'refused';
  because: string;
}

export type WithConsequences = { result: Answered } & Consequences;

/** It is as it was; the sentence says why. */
export function refused(because: string): WithConsequences {
  return { result: { kind: 'refused', because }, entries: [], jobs: [] };
}

/** Answers a signal that is there in one transaction; two answers to one signal come one after the other. */
export function onSignal(
  { store }: Answering,
  id: SignalId,
  answer: (tx: Tx, signal: Signal) => Promise<WithConsequences>,
): Promise<Answered> {
  return save(store, async (tx) => {
    await lock(tx, id);
    const signal = await findSignal(tx, id);
    return signal ? answer(tx, signal) : refused('This signal is not in the record.');
  });
}

/** Why this person may not keep signals of a service from being told, or undefined. */
export function objection(
  { inventory, roles }: Answering,
  service: string,
  person: Answerer,
): string | undefined {
  if (person.roles.some((role) => roles.includes(role))) return undefined;
  if (findService(inventory, service)?.owner === person.id) return undefined;
  return `Only ${roles.join(' or ')}, or the owner of ${service}, may do this: ask one of them. Nothing was changed.`;
}

/** The same, said to them and written down. */
export function notYours(
  signal: SignalId,
  person: Answerer,
  tried: string,
  because: string,
): WithConsequences {
  const facts = { intent: tried };
  const about = { signal };
  return {
    result: { kind: 'refused', because },
    entries: [{ kind: 'door.refused', by: { person: person.id }, about, facts, because: [because] }],
    jobs: [],
  };
}

/** What an audit entry on a signal is about. */
export function aboutSignal({ id, service, server }: Pick<Signal, 'id' | 'service' | 'server'>) {
  return { signal: id, service, ...(server && { server }) };
}
