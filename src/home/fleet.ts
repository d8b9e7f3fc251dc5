// Home: one page for the person who opens it, and all workers at a glance, from recorded rows.
// Not where anything is decided: what waits is decided on its own card, and every switch keeps its command.
import type { Charter } from '../charter/charter.ts';
import type { Text } from '../chat/card.ts';
import type { WorkerId } from '../ids.ts';
import type { Mode } from '../policy/facts.ts';
import { type Conflict, conflictsIn } from './conflicts.ts';
import { doingOf } from './doing.ts';
import { healthOf } from './health.ts';
import { handsOn, waitsFor } from './needs.ts';
import type { Rows } from './rows.ts';

/** In the order they are told. */
export const states = ['silent', 'stopped', 'failing', 'held', 'working', 'watching', 'idle'] as const;
export type State = (typeof states)[number];

export interface Member {
  worker: WorkerId;
  name: string;
  role: string;
  duties: string[];
  state: State;
  mode: Mode;
  /** What it is doing now and why, the most urgent first. */
  doing: Text[];
  /** What is wrong with it, the worst first; nothing where all is well. */
  ails: Text[];
  /** Its newest audit entry; undefined when none of the newest is its own. */
  sign: Date | undefined;
  cost: { unit: 'calls' | 'tokens' | 'money'; used: number; most: number | undefined }[];
  queue: { jobs: number; approvals: number; handoffs: number };
  /** To whom it hands what it has done; services where that differs by them. */
  hands: { to: string; duty: string; services: string[] }[];
  /** Whom or what it waits for, and what it cannot see; decisions of people last. */
  waits: Text[];
}

export interface Fleet {
  members: Member[];
  /** What gets into each other's way. */
  conflicts: Conflict[];
  currency: string | undefined;
}

/** Every worker at a glance, those with something wrong first. Pure. */
export function fleetOf(rows: Rows): Fleet {
  const members = rows.charters.map((charter) => memberOf(rows, charter));
  const place = ({ state }: Member) => states.indexOf(state);
  return {
    members: members.toSorted(
      (a, b) => place(a) - place(b) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    ),
    conflicts: conflictsIn(rows),
    currency: rows.budgets.currency,
  };
}

function memberOf(rows: Rows, charter: Charter): Member {
  const { worker, name, role, duties } = charter;
  const doing = doingOf(rows, charter);
  const { ails, kind } = healthOf(rows, charter);
  const own = new Set(rows.incidents.filter((one) => one.worker === worker).map(({ id }) => id as string));
  for (const { id, worker: whose } of rows.deeds) if (whose === worker) own.add(id);
  const signs = rows.signs.filter((one) => one.worker === worker).map(({ at }) => at.getTime());
  const used = rows.used.filter((one) => one.worker === worker);
  const limits = rows.budgets.worker_day;
  return {
    ...{ worker, name, role, duties },
    state: kind ?? doing.kind,
    mode: rows.modeOf(worker),
    doing: doing.says,
    ails,
    sign: signs.length > 0 ? new Date(Math.max(...signs)) : undefined,
    cost: (['calls', 'tokens', 'money'] as const).map((unit) => ({
      unit,
      used: used.find((one) => one.unit === unit)?.used ?? 0,
      most: limits?.[unit],
    })),
    queue: {
      jobs: rows.jobs.filter(({ about, running }) => !running && own.has(about)).length,
      approvals: rows.approvals.filter((one) => one.worker === worker).length,
      handoffs: rows.handoffs.filter(({ to }) => to === worker).length,
    },
    hands: handsOn(rows, charter),
    waits: waitsFor(rows, charter),
  };
}
