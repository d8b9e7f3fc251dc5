import type { Incident } from '../incidents/incident.ts';
import { openIncidents } from '../incidents/read.ts';
import { server as findServer, type Inventory, servicesOn } from '../inventory/inventory.ts';
import { signalsOf } from '../monitoring/read.ts';
import type { Db } from '../postgres/database.ts';

/** An incident is a service's when it is on it, was caused by it or, while it is open, has a signal of it. */
export async function touches(db: Db, incident: Incident, about: string): Promise<boolean> {
  const { id, service, cause, endedAt } = incident;
  if (service === about || cause?.known.service === about) return true;
  if (endedAt) return false;
  return (await signalsOf(db, id)).some((one) => one.service === about);
}

/** The open incidents that a server is the cause of, or that are on a service that it runs. */
export async function onServer(db: Db, inventory: Inventory, id: string): Promise<Incident[]> {
  const services = servicesOn(inventory, id);
  const open = await openIncidents(db);
  return open.filter(
    (one) => one.cause?.known.server === id || services.some((service) => service.id === one.service),
  );
}

/** The open incidents that touch a service or server. */
export async function openOn(db: Db, inventory: Inventory, id: string): Promise<Incident[]> {
  if (findServer(inventory, id)) return onServer(db, inventory, id);
  const found: Incident[] = [];
  for (const one of await openIncidents(db)) if (await touches(db, one, id)) found.push(one);
  return found;
}
