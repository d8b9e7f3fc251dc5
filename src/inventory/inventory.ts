// The inventory: which servers and services there are, what runs where, what needs what, and who answers for it.
// Not live state: what is broken, frozen or paused now is kept elsewhere.
import { z } from 'zod';
import type { PersonId } from '../ids.ts';
import { isTimezone } from '../jobs/timezone.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'wants an id of small letters, digits, dots and dashes');
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'wants a time of day such as 02:30');

/** Hours of the week, such as those in which changes are welcome, by the clocks of `timezone`; `to` before `from` means the next morning. */
export const windowShape = z.object({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: clock,
  to: clock,
  timezone: z.string().refine(isTimezone, 'wants an IANA time zone such as Europe/Berlin'),
});

const serverShape = z.object({
  id,
  /** What kind of server: web, app, db, cache, queue, … */
  class: z.string().min(1),
  environment: z.string().min(1),
  /** The services it runs or holds the data of. */
  services: z.array(id),
});

const serviceShape = z.object({
  id,
  name: z.string().min(1),
  /** 1 is the most important. */
  criticality: z.literal([1, 2, 3, 4]),
  owner: z
    .string()
    .min(1)
    .transform((person) => person as PersonId),
  team: z.string().min(1),
  /** Who is named once in the updates for leaders when an incident of it is bad enough. */
  stakeholders: z
    .array(
      z
        .string()
        .min(1)
        .transform((person) => person as PersonId),
    )
    .optional(),
  /** The services it calls. */
  dependsOn: z.array(id),
  /** What it earns in a minute of normal business, in EUR. */
  revenuePerMinute: z.number().nonnegative(),
  /** How many people use it in an hour of normal business. */
  usersPerHour: z.number().int().nonnegative().optional(),
  /** Within how many minutes it is to be mended, as agreed with those who use it. */
  slaMinutes: z.number().positive().optional(),
  windows: z.array(windowShape).default([]),
});

/** Its shape alone; what refers to what is `parseInventory`'s. */
export const inventoryShape = z.object({ servers: z.array(serverShape), services: z.array(serviceShape) });

export type MaintenanceWindow = z.output<typeof windowShape>;
export type Server = z.output<typeof serverShape>;
export type Service = z.output<typeof serviceShape>;
export type Inventory = z.output<typeof inventoryShape>;

type Parsed = { kind: 'inventory'; inventory: Inventory } | { kind: 'refused'; because: string };

/** Parses an inventory; *refused* names the first thing wrong: a shape, an id given twice, a reference to nothing. */
export function parseInventory(data: unknown): Parsed {
  const parsed = inventoryShape.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      kind: 'refused',
      because: `The inventory at ${issue?.path.join('.') || 'its top'}: ${issue?.message}.`,
    };
  }
  const because = repeated(parsed.data) ?? dangling(parsed.data);
  return because ? { kind: 'refused', because } : { kind: 'inventory', inventory: parsed.data };
}

/** The service of that id, or undefined. */
export function service(inventory: Inventory, id: string): Service | undefined {
  return inventory.services.find((one) => one.id === id);
}

/** The server of that id, or undefined. */
export function server(inventory: Inventory, id: string): Server | undefined {
  return inventory.servers.find((one) => one.id === id);
}

/** The services on a server, in the inventory's order; none when there is no such server. */
export function servicesOn(inventory: Inventory, serverId: string): Service[] {
  const ids = server(inventory, serverId)?.services ?? [];
  return inventory.services.filter((one) => ids.includes(one.id));
}

/** The servers of a service, in the inventory's order. */
export function serversOf(inventory: Inventory, serviceId: string): Server[] {
  return inventory.servers.filter((one) => one.services.includes(serviceId));
}

/** The services one call away: those that call this one and those it calls, in the inventory's order. */
export function neighbours(inventory: Inventory, serviceId: string): Service[] {
  const called = service(inventory, serviceId)?.dependsOn ?? [];
  return inventory.services.filter((one) => one.dependsOn.includes(serviceId) || called.includes(one.id));
}

function repeated({ servers, services }: Inventory): string | undefined {
  for (const [what, ids] of [
    ['server', servers.map(({ id }) => id)],
    ['service', services.map(({ id }) => id)],
  ] as const) {
    const twice = ids.find((one, index) => ids.indexOf(one) !== index);
    if (twice) return `The inventory has two ${what}s called ${twice}: each needs an id of its own.`;
  }
  return undefined;
}

function dangling({ servers, services }: Inventory): string | undefined {
  const known = new Set(services.map(({ id }) => id));
  const runs = servers.flatMap(({ id, services }) =>
    services.map((to) => ({ from: `Server ${id} runs`, to })),
  );
  const calls = services.flatMap(({ id, dependsOn }) =>
    dependsOn.map((to) => ({ from: `Service ${id} depends on`, to })),
  );
  const lost = [...runs, ...calls].find(({ to }) => !known.has(to));
  if (lost) return `${lost.from} ${lost.to}, which is not among the inventory's services.`;
  const itself = services.find(({ id, dependsOn }) => dependsOn.includes(id));
  return itself && `Service ${itself.id} depends on itself.`;
}

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Whether a maintenance window is open at `at`, by the clocks of its own time zone. */
export function isOpenWindow({ days, from, to, timezone }: MaintenanceWindow, at: Date): boolean {
  const { day, time } = clockAt(at, timezone);
  const before = weekdays[(weekdays.indexOf(day) + 6) % 7] ?? day;
  if (from <= to) return days.includes(day) && from <= time && time < to;
  return (days.includes(day) && time >= from) || (days.includes(before) && time < to);
}

function clockAt(at: Date, timeZone: string): { day: (typeof weekdays)[number]; time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = weekdays.find((one) => one === parts.weekday?.toLowerCase().slice(0, 3)) ?? 'sun';
  return { day, time: `${parts.hour}:${parts.minute}` };
}
