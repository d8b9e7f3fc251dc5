import type { Inventory, Server } from '../../inventory/inventory.ts';
import type { ToldChange } from '../../systems/change.ts';

/** A change to something that runs, as it is kept. What it says came from outside. */
export interface Change {
  what: ToldChange['what'];
  outcome: ToldChange['outcome'];
  /** What was changed, in the sender's words. */
  subject: string;
  /** The inventory's services that it may have touched; none when it names nothing there. */
  services: string[];
  environment: string | null;
  version: string | null;
  at: Date;
  /** Who or what made it, in the sender's words. */
  by: string;
  link: string | null;
}

/** What a change touches: the service it names, or all with a server in its environment. Never later than `now`. Pure. */
export function changeOf(told: ToldChange, inventory: Inventory, now: Date): Change {
  const { what, outcome, names, environment, version, at, by, link } = told;
  return {
    what,
    outcome,
    subject: names[0] ?? '',
    services: touched(told, inventory),
    environment: environment ?? null,
    version: version ?? null,
    // A sender whose clock is ahead would otherwise put it behind the signals it caused.
    at: at > now ? now : at,
    by,
    link: link ?? null,
  };
}

function touched({ of, names, environment }: ToldChange, { services, servers }: Inventory): string[] {
  const wanted = names.map((name) => name.toLowerCase());
  const isThere = (one: Server, names: string[]) => names.includes(one.environment.toLowerCase());
  if (of === 'environment')
    return [...new Set(servers.filter((one) => isThere(one, wanted)).flatMap((one) => one.services))];
  const isCalled = (name: string) =>
    services.find((one) => one.id === name || one.name.toLowerCase() === name);
  const id = wanted.map((name) => isCalled(name)?.id).find((one) => one !== undefined);
  if (id === undefined) return [];
  // The same service elsewhere, such as in staging, is another; an environment nobody knows may be any.
  const there = servers.filter((one) => isThere(one, [environment?.toLowerCase() ?? '']));
  return there.length === 0 || there.some((one) => one.services.includes(id)) ? [id] : [];
}
