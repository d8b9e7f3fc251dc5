import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Store } from '../../jobs/save.ts';
import { parseCdEvents } from '../../systems/cdevents/webhook.ts';
import { isGitHub, parseDeploymentStatus } from '../../systems/github/webhook.ts';
import { type Doorway, type Hook, type Taken, takeHook } from '../../systems/webhook.ts';
import { receiveChanges } from './receive.ts';

interface Deps extends Pick<Doorway, 'token' | 'refused' | 'log'> {
  store: Store;
  inventory: Inventory;
  now(): Date;
}

const mostBytes = 1_048_576;

/** `POST /changes`: CDEvents and GitHub's `deployment_status`, with the bearer token or GitHub's signature. Answers every request. */
export function openChangeDoor({ store, inventory, now, ...rest }: Deps) {
  const take = async (hook: Hook): Promise<Taken> => {
    const parsed = isGitHub(hook) ? parseDeploymentStatus(hook) : parseCdEvents(hook);
    if (parsed.kind === 'refused') return parsed;
    const { changes, ignored } = parsed;
    const kept = changes.length > 0 ? await receiveChanges(store, changes, inventory, now()) : 0;
    return { kind: 'taken', answer: { kept, known: changes.length - kept, ignored } };
  };
  return (request: IncomingMessage, response: ServerResponse) =>
    takeHook({ ...rest, take, mostBytes, signatures: true }, request, response);
}
