import { dutiesIn, nextDuty, onDuty } from '../charter/duty.ts';
import type { WorkerId } from '../ids.ts';
import type { Incident } from '../incidents/incident.ts';
import { serversOf, servicesOn } from '../inventory/inventory.ts';
import { isWorkedOn } from './doing.ts';
import { type Deed, nameIn, type Rows } from './rows.ts';
import { few } from './spans.ts';

/** What gets into each other's way, and which workers it is about. */
export interface Conflict {
  says: string;
  workers: WorkerId[];
}

/** What gets into each other's way, a sentence each, the most pressing first. Pure. */
export function conflictsIn(rows: Rows): Conflict[] {
  return [
    ...onOneTarget(rows),
    ...onOneService(rows),
    ...heldBack(rows),
    ...withNobody(rows),
    ...twice(rows),
  ];
}

/** Steps that wait until exactly the same, of another incident, has been done. Pure. */
export function givingWay(rows: Pick<Rows, 'deeds' | 'inventory'>): { waits: Deed; runs: Deed }[] {
  return meeting(rows)
    .filter(({ one, runs }) => isSame(one, runs))
    .map(({ one, runs }) => ({ waits: one, runs }));
}

/** The gateway lets only one of two such steps run at a time. */
function isSame(one: Deed, runs: Deed): boolean {
  if (one.status === 'running' || one.step === null || runs.step === null) return false;
  return one.tool === runs.tool && one.given === runs.given;
}

/** Each deed beside one of another incident that runs on the same, or on a server of that service; of two that run the later. */
function meeting({ deeds, inventory }: Pick<Rows, 'deeds' | 'inventory'>): { one: Deed; runs: Deed }[] {
  const running = deeds.filter(({ status }) => status === 'running');
  const byTarget = Map.groupBy(running, ({ target }) => target);
  return deeds.flatMap((one) => {
    const near = [...serversOf(inventory, one.target), ...servicesOn(inventory, one.target)];
    const there = [one.target, ...near.map(({ id }) => id)].flatMap((place) => byTarget.get(place) ?? []);
    const runs = there.find((other) => {
      if (other.id === one.id || other.incident === one.incident) return false;
      return one.status !== 'running' || running.indexOf(other) < running.indexOf(one);
    });
    return runs ? [{ one, runs }] : [];
  });
}

function onOneTarget(rows: Rows): Conflict[] {
  return meeting(rows).map(({ one, runs }) => ({
    says: isSame(one, runs)
      ? `${said(one)} waits: the same runs${forOf(runs)}, and is done once.`
      : `${said(one)} ${how[one.status]} while ${said(runs)} runs on ${runs.target}.`,
    workers: [one.worker, runs.worker],
  }));
}

const how = { waiting: 'waits for a decision', ready: 'is about to begin', running: 'runs' };

function said(deed: Deed): string {
  return `"${deed.what}"${forOf(deed)}`;
}

function forOf({ incident }: Deed): string {
  return incident ? ` for ${incident}` : '';
}

/** Two workers at work on one service, or on one server, for different incidents. */
function onOneService(rows: Rows): Conflict[] {
  const worked = rows.incidents.filter(({ status, pausedBy }) => isWorkedOn(status) && !pausedBy);
  const at = worked.flatMap((one) => {
    const server = one.cause?.known.server;
    return [one.service, ...(server ? [server] : [])].map((where) => ({ where, one }));
  });
  const found = [...Map.groupBy(at, ({ where }) => where)].map(([where, all]) => {
    const incidents = all.map(({ one }) => one);
    return { where, incidents, workers: [...new Set(incidents.map(({ worker }) => worker))] };
  });
  const meets = found.filter(({ workers }) => workers.length > 1);
  // Once, where the same incidents meet on a service and on its server.
  const once = Map.groupBy(meets, ({ incidents }) => incidents.map(({ id }) => id).join());
  return [...once.values()].flatMap(([first]) => {
    if (!first) return [];
    const each = first.incidents.map(({ id, worker }) => `${nameIn(rows, worker)} (${id})`);
    return [{ says: `On ${first.where} at the same time: ${few(each, 4)}.`, workers: first.workers }];
  });
}

/** A worker that may do nothing now, and is needed next. */
function heldBack({ charters, kills, handoffs, incidents }: Rows): Conflict[] {
  const reaches = (worker: WorkerId) =>
    kills.some(({ scope }) => scope === 'all' || scope === `worker:${worker}`);
  return charters
    .filter(({ worker }) => reaches(worker))
    .flatMap(({ worker, name }) => {
      const handed = handoffs.filter(({ to }) => to === worker).map(({ incident }) => incident);
      const own = incidents.filter((one) => one.worker === worker && isWorkedOn(one.status));
      const coming = incidents.filter((one) => nextFor(charters, one) === worker);
      const needed = new Set([...handed, ...[...own, ...coming].map(({ id }) => id)]);
      if (needed.size === 0) return [];
      const says = `${name} is stopped by a kill switch and needed for ${few([...needed], 5)}.`;
      return [{ says, workers: [worker] }];
    });
}

/** Who has an incident next. */
function nextFor(charters: Rows['charters'], { status, service }: Incident): WorkerId | undefined {
  const now = status === 'investigating' ? 'analysis' : status === 'routing' ? 'routing' : undefined;
  const next = now && nextDuty(now);
  return next && onDuty(charters, next, service)?.worker;
}

/** Open incidents of a worker that no longer works here. */
function withNobody({ charters, incidents }: Rows): Conflict[] {
  const known = new Set(charters.map(({ worker }) => worker));
  const lost = incidents.filter(({ worker, status }) => isWorkedOn(status) && !known.has(worker));
  return [...Map.groupBy(lost, ({ worker }) => worker)].map(([worker, all]) => {
    const ids = all.map(({ id }) => id);
    return { says: `${worker} has no charter in force and still has ${few(ids, 5)}.`, workers: [worker] };
  });
}

/** Two charters with one duty for one service: whoever hands over, hands to one of them only. */
function twice({ charters }: Rows): Conflict[] {
  const all = charters.flatMap((one) => dutiesIn(one).map((what) => ({ what, one })));
  return [...Map.groupBy(all, ({ what }) => what)]
    .filter(([, having]) => having.length > 1)
    .map(([what, having]) => {
      const names = having.map(({ one }) => one.name);
      const who = names.length === 2 ? `${names.join(' and ')} both have` : `${few(names, 4)} all have`;
      return {
        says: `${who} ${what}: only one of them is handed it.`,
        workers: having.map(({ one }) => one.worker),
      };
    });
}
