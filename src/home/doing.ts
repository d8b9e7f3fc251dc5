import type { Charter } from '../charter/charter.ts';
import type { Span, Text } from '../chat/card.ts';
import type { Incident, Status } from '../incidents/incident.ts';
import type { Deed, Rows } from './rows.ts';
import { linked } from './spans.ts';

/** What a worker is at now, and why. Pure. */
export function doingOf(
  rows: Rows,
  charter: Charter,
): { kind: 'held' | 'working' | 'watching' | 'idle'; says: Text[] } {
  const { worker } = charter;
  const own = rows.incidents.filter((one) => one.worker === worker).toSorted(byUrgency);
  const apart = rows.deeds.filter((one) => one.worker === worker && !isOf(own, one));
  const says = [
    ...own.map((one) => incidentSays(rows, one)),
    ...apart.map(deedSays),
    ...watch(rows, charter),
  ];
  const active = own.filter(({ status, pausedBy }) => !pausedBy && isWorkedOn(status));
  if (active.length > 0 || apart.length > 0) return { kind: 'working', says };
  const waiting = own.filter(({ status }) => isWorkedOn(status));
  if (waiting.length > 0) return { kind: 'held', says };
  if (own.length > 0 || says.length > 0) return { kind: 'watching', says };
  return { kind: 'idle', says: [`Nothing is handed to it. Its part: ${charter.duties.join(', ')}.`] };
}

/** Whether a worker has something to do about it; the rest is watched, or a person's. */
export function isWorkedOn(status: Status): boolean {
  return ['investigating', 'routing', 'remediating', 'undoing', 'verified'].includes(status);
}

const phases: Record<Status, string> = {
  investigating: 'looks for the cause',
  routing: 'decides who or what mends it',
  remediating: 'follows its runbook',
  undoing: 'rolls back what did not help',
  verifying: 'watches whether it stays mended',
  verified: 'writes its post-mortem',
  escalated: 'waits for a person, and watches the metrics',
  taken: 'watches while a person mends it',
  watching: 'watches whether it comes',
  closed: 'is over',
  'false-alarm': 'is over',
  merged: 'is over',
};
const ahead: Partial<Record<Status, string>> = {
  investigating: 'looks for what prevents it',
  routing: 'decides who or what prevents it',
  remediating: 'prevents it, once a person says so',
  verifying: 'watches whether it is still foretold',
  taken: 'watches whether it comes',
};
const order: Status[] = ['remediating', 'undoing', 'investigating', 'routing', 'verifying', 'verified'];

function byUrgency(a: Incident, b: Incident): number {
  const place = ({ status }: Incident) => (order.includes(status) ? order.indexOf(status) : order.length);
  return place(a) - place(b) || a.severity - b.severity || a.openedAt.getTime() - b.openedAt.getTime();
}

function incidentSays(rows: Rows, incident: Incident): Text {
  const { id, kind, service, status, cause, pausedBy } = incident;
  const phase = (kind === 'prediction' && ahead[status]) || phases[status];
  const what = pausedBy ? `paused, then ${phase}` : phase;
  const head = linked(`${kind === 'prediction' ? 'Prediction ' : ''}${id}`, rows.linkOf(id));
  return [head, ` on ${service}: ${what}`, ...stepSays(rows, incident), ...why(incident, cause)];
}

function why({ status, severity, openedAt }: Incident, cause: Incident['cause']): Span[] {
  if (cause && status !== 'investigating')
    return [`, because ${cause.says} (${Math.floor(cause.confidence * 100)} % sure)`];
  return [`, severity ${severity}, open since `, { time: openedAt }];
}

/** The step a runbook is at, and what holds it. */
function stepSays({ deeds, approvals, stepsOf }: Rows, incident: Incident): Span[] {
  const { id, runbook, status } = incident;
  if (status !== 'remediating' && status !== 'undoing') return [];
  const deed = deeds.find((one) => one.incident === id);
  const of = runbook && stepsOf(runbook);
  const at = runbook && status === 'remediating' ? ` step ${runbook.step + 1}${of ? ` of ${of}` : ''}` : '';
  const asked = approvals.find((one) => one.incident === id);
  if (!deed) return [at && `,${at}${runbook?.by ? ' by hand' : ''}`];
  const head = `,${at}${at ? ':' : ''} ${deed.what}`;
  if (deed.status === 'running' && deed.startedAt)
    return [`${head}, running since `, { time: deed.startedAt }];
  if (asked) return [`${head}, waits for a decision until `, { time: asked.expiresAt }];
  return [`${head}, about to begin`];
}

function isOf(incidents: Incident[], { incident }: Deed): boolean {
  return incidents.some(({ id }) => id === incident);
}

/** A deed that is no step of its own incidents: asked for by a person, or of what another has now. */
function deedSays({ what, status, incident, requestedBy, startedAt, proposedAt }: Deed): Text {
  const how = { ready: 'about to begin', waiting: 'waits for a decision since', running: 'running since' }[
    status
  ];
  const why = requestedBy ? ', because a person asked for it' : incident ? `, for ${incident}` : '';
  const since: Span[] = status === 'ready' ? [] : [' ', { time: startedAt ?? proposedAt }];
  return [`${what}: ${how}`, ...since, why];
}

/** What the worker watches by which the cycles are written down. */
function watch({ signs, inventory, signals, cycleMs }: Rows, { worker, duties }: Charter): Text[] {
  if (!duties.includes('monitoring')) return [];
  const cycle = signs.find((one) => one.worker === worker && one.cycle);
  const { services, servers } = inventory;
  const every = cycleMs < 60_000 ? `${cycleMs / 1_000} s` : `${Math.round(cycleMs / 60_000)} min`;
  const open =
    signals === 0
      ? 'nothing unusual is open'
      : `${signals} ${signals === 1 ? 'signal is' : 'signals are'} open`;
  const last: Span[] = cycle ? [', last cycle ', { time: cycle.at }] : [];
  return [
    [`Watches ${services.length} services on ${servers.length} servers every ${every}: ${open}`, ...last],
  ];
}
