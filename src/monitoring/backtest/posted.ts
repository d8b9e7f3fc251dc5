import type { Inventory } from '../../inventory/inventory.ts';
import type { Anomaly, Band } from '../anomaly.ts';
import { type Finding, fingerprintOf } from '../finding.ts';
import { type Holding, holdOn } from '../held/hold.ts';
import type { Teams } from '../routing.ts';

/** A signal as it would have been posted. */
export interface Posted {
  /** Unix seconds. */
  at: number;
  kind: Finding['kind'];
  service: string;
  server: string | null;
  band: Band;
  learning: boolean;
  /** Its worst series; undefined when only the whole is unusual. */
  lead: Anomaly | undefined;
  /** How many series were unusual with it. */
  members: number;
  because: string[];
  /** Why it would have been written down and told to nobody; null when it is told. */
  held: string | null;
}

/** A fingerprint is held until so many cycles after the last sight, as in `raise`. */
const kept = 3;

interface Held {
  key: string;
  /** The last cycle it was claimed in. */
  seen: number;
  open: boolean;
}

/**
 * What `raise` and `recover` make of cycle after cycle, in memory: each thing posted once, posted anew when it becomes
 * critical or returns after its fingerprint is gone; held back in maintenance windows, in quiet hours and where it is
 * less than its team is told of. What people muted since is not known to it.
 */
export function openPosting(
  inventory: Inventory,
  teams: Teams = {},
): (at: number, found: Finding[]) => Posted[] {
  const holding = { inventory, routing: { ops: [], teams }, mutes: [], calendar: [] };
  const held = new Map<string, Held>();
  let cycle = 0;
  return (at, found) => {
    cycle += 1;
    const wrong = new Set(found.map(placeOf));
    for (const [print, one] of held) {
      if (!wrong.has(one.key)) one.open = false;
      if (!one.open && cycle - one.seen > kept) held.delete(print);
    }
    return found.flatMap((finding) => {
      const worst = fingerprintOf({ ...finding, band: 'critical' });
      const band = held.get(worst)?.open ? 'critical' : finding.band;
      const print = fingerprintOf({ ...finding, band });
      const known = held.get(print);
      held.set(print, { key: placeOf(finding), seen: cycle, open: true });
      return known ? [] : [postedOf({ ...finding, band }, at, holding)];
    });
  };
}

function placeOf({ kind, key }: Finding): string {
  return `${kind}:${key}`;
}

function postedOf(finding: Finding, at: number, holding: Holding): Posted {
  const { kind, service, server, band, learning, members, because } = finding;
  const hold = holdOn(finding, holding, new Date(at * 1_000));
  return {
    at,
    kind,
    service,
    server,
    band,
    learning,
    lead: members[0],
    members: members.length,
    because,
    held: hold?.because ?? null,
  };
}
