// What comes in by webhooks: alerts and changes, each at its door.
import type { Refusals } from './audit/refusals.ts';
import type { Inventory } from './inventory/inventory.ts';
import type { Store } from './jobs/save.ts';
import type { Door } from './listen.ts';
import type { AlertLabels } from './monitoring/alerts/alert.ts';
import { openAlertDoor } from './monitoring/alerts/door.ts';
import { openChangeDoor } from './monitoring/changes/door.ts';
import type { Routing } from './monitoring/routing.ts';
import type { Log } from './storage.ts';

interface Wanted {
  store: Store;
  refusals: Refusals;
  inventory: Inventory;
  routing: Routing;
  labels: AlertLabels;
  /** Undefined: the doors are there and let nobody in. */
  token: string | undefined;
  log: Log;
  now(): Date;
}

/** The doors for other systems, by path, for the one port. */
export function webhookDoors({ refusals, ...wanted }: Wanted): Record<string, Door> {
  const refused = (door: string) => (because: string) => refusals.refused(door, because);
  return {
    '/alertmanager': openAlertDoor({ ...wanted, refused: refused('alertmanager') }),
    '/changes': openChangeDoor({ ...wanted, refused: refused('changes') }),
  };
}
