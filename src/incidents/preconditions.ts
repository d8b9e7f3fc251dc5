import type { Action } from '../actions/action.ts';
import { server as findServer } from '../inventory/inventory.ts';
import { fill, type Known, put, type Requirement } from '../knowledge/runbook.ts';
import { isUsual, type Reading } from '../monitoring/reading.ts';
import { stepAt } from './remediate.ts';
import type { Responder } from './responder.ts';
import { knownOf } from './steps/step.ts';
import { load } from './store.ts';

/**
 * Why a step of a runbook may not run as things are now, a sentence; undefined when it may, and for what is no step.
 * Reads again what it requires: an approval may have come hours after it was asked for.
 */
export async function unmet(
  { gateway, monitor, runbooks, inventory, now }: Responder,
  { incident: id, step: nth, undoes }: Pick<Action, 'incident' | 'step' | 'undoes'>,
): Promise<string | undefined> {
  const incident = id === null || nth === null || undoes ? undefined : await load(gateway.db, id);
  const known = incident && knownOf(incident);
  if (!incident?.runbook || !known || nth === null) return undefined;
  const { id: begun, version } = incident.runbook;
  const runbook = runbooks.find((one) => one.id === begun && one.version === version);
  const step = stepAt(runbooks, { ...incident.runbook, step: nth });
  if (!runbook || !step || fill(step, known).kind === 'unknown') return undefined;
  const found = known.server === undefined ? undefined : findServer(inventory, known.server);
  if (runbook.on && found && !runbook.on.includes(found.class))
    return `The runbook ${runbook.id} is for servers of the class ${runbook.on.join(' or ')}, and ${found.id} is of the class ${found.class}.`;
  if (!step.requires) return undefined;
  const { readings } = await monitor.scrape(now());
  return step.requires.map((one) => lacking(one, known, readings)).find((one) => one !== undefined);
}

/** What is not as it is required, a sentence; what cannot be read is not. Pure. */
export function lacking(
  { metric, of, is }: Requirement,
  known: Known,
  readings: Reading[],
): string | undefined {
  const subject = put(of, known);
  const reading = readings.find((one) => one.metric === metric && one.subject === subject);
  if (!reading) return `The step wants ${metric} of ${subject} to be ${is}, and it could not be read.`;
  const now = isUsual(reading) ? 'usual' : 'unusual';
  return now === is
    ? undefined
    : `The step wants ${reading.says} of ${subject} to be ${is}, and it is ${now}.`;
}
