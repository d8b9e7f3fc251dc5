import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Store } from '../../jobs/save.ts';
import { parseWebhook } from '../../systems/alertmanager/webhook.ts';
import { type Doorway, type Taken, takeHook } from '../../systems/webhook.ts';
import type { Routing } from '../routing.ts';
import { type AlertLabels, placing } from './alert.ts';
import { receiveAlerts } from './receive.ts';

interface Deps extends Pick<Doorway, 'token' | 'refused' | 'log'> {
  store: Store;
  inventory: Inventory;
  routing: Routing;
  labels: AlertLabels;
  now(): Date;
}

/** A large group of alerts with long annotations. */
const mostBytes = 8_388_608;

/** `POST /alertmanager`: Alertmanager's webhook, version 4, with the bearer token. Answers every request. */
export function openAlertDoor({ store, inventory, routing, labels, now, ...rest }: Deps) {
  const place = placing(inventory, labels);
  const take = async ({ body }: { body: unknown }): Promise<Taken> => {
    const parsed = parseWebhook(body);
    if (parsed.kind === 'refused')
      return { kind: 'refused', because: 'the body is no webhook of version 4', detail: parsed.detail };
    const telling = { inventory, routing, now: now() };
    return { kind: 'taken', answer: { ...(await receiveAlerts(store, parsed.delivery, place, telling)) } };
  };
  return (request: IncomingMessage, response: ServerResponse) =>
    takeHook({ ...rest, take, mostBytes, signatures: false }, request, response);
}
