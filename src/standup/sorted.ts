import type { Deed } from '../actions/read.ts';
import { onDuty } from '../charter/duty.ts';
import type { IncidentId, WorkerId } from '../ids.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Phase } from '../incidents/read.ts';
import { isWithin, type Rows, type Telling, whose } from './standup.ts';

/** The rows by whose they are and what they are of: of forty workers each row is looked at once. */
export interface Sorted {
  incident: (id: IncidentId | null) => Incident | undefined;
  /** What was done on an incident. */
  deedsOn: (id: IncidentId) => Deed[];
  /** Who named its cause within the time. */
  namedBy: (id: IncidentId) => WorkerId | undefined;
  /** Incidents that ended with a worker, and were something. */
  ended: (worker: WorkerId) => Incident[];
  /** Those that it has now. */
  open: (worker: WorkerId) => Incident[];
  deeds: (worker: WorkerId) => Deed[];
  phases: (worker: WorkerId) => Phase[];
  /** Of those, opened by a signal, who watches the service. */
  seen: (worker: WorkerId) => Incident[];
  watches: (worker: WorkerId, service: string) => boolean;
}

/** Sorts the rows once. Pure. */
export function sorted(rows: Rows, telling: Telling): Sorted {
  const { team } = telling;
  const byId = new Map(rows.incidents.map((one) => [one.id, one]));
  const own = remembered((worker: WorkerId | null) => whose(worker, team));
  const watching = remembered((service: string) => onDuty(team, 'monitoring', service)?.worker);
  const ended = rows.incidents.filter(
    ({ status, endedAt }) => status !== 'false-alarm' && isWithin(endedAt, telling),
  );
  const open = rows.incidents.filter(({ endedAt }) => endedAt === null);
  const named = rows.phases.filter(({ kind, says, worker }) => kind === 'diagnosis' && says && worker);
  const namedBy = new Map(named.map(({ incident, worker }) => [incident, own(worker)]));
  const of = <T>(all: T[], key: (one: T) => string | null | undefined) => {
    const groups = Map.groupBy(all, key);
    return (wanted: string) => groups.get(wanted) ?? [];
  };
  return {
    incident: (id) => (id === null ? undefined : byId.get(id)),
    deedsOn: of(rows.deeds, ({ incident }) => incident),
    namedBy: (id) => namedBy.get(id),
    ended: of(ended, ({ worker }) => own(worker)),
    open: of(open, ({ worker }) => own(worker)),
    deeds: of(rows.deeds, ({ worker }) => own(worker)),
    phases: of(rows.phases, ({ worker, incident }) => own(worker ?? byId.get(incident)?.worker ?? null)),
    seen: of(rows.incidents, ({ service, said }) => (said ? undefined : watching(service))),
    watches: (worker, service) => watching(service) === worker,
  };
}

/** Asked once for each. */
function remembered<Of, T>(answer: (of: Of) => T): (of: Of) => T {
  const known = new Map<Of, T>();
  return (of) => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const found = answer(of);
    known.set(of, found);
    return found;
  };
}
