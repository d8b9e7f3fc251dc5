import type { Access } from '../systems/http.ts';
import { type ChangeRequest, openServiceNow } from '../systems/servicenow/read.ts';
import { type Fields, openServiceNowWriter } from '../systems/servicenow/write.ts';
import type { ChangeSystem, Closing, Opened, Outcome, Shortfall } from './record.ts';
import type { ServiceNowWishes } from './wishes.ts';

/** The states that a change of each type goes through, one after the other. */
const roads = {
  standard: [-5, -2, -1, 0, 3],
  emergency: [-5, -3, -2, -1, 0, 3],
  normal: [-5, -4, -3, -2, -1, 0, 3],
};
const [implement, review, closed, canceled] = [-1, 0, 3, 4];
const stateNames: Record<number, string> = {
  [-5]: 'New',
  [-4]: 'Assess',
  [-3]: 'Authorize',
  [-2]: 'Scheduled',
  [-1]: 'Implement',
  0: 'Review',
  3: 'Closed',
  4: 'Canceled',
};

/** ServiceNow as a keeper of change records: its table change_request. */
export function serviceNowRecords(access: Access, wishes: ServiceNowWishes): ChangeSystem {
  const read = openServiceNow(access);
  const write = openServiceNowWriter(access);
  const opened = ({ id, number }: ChangeRequest): Opened => ({
    id,
    number,
    url: `${access.url.replace(/\/+$/, '')}/nav_to.do?uri=change_request.do?sys_id=${id}`,
  });

  /** Goes on to a state, one after the other; `last` goes with the last step. What is refused is said without a state. */
  async function moveTo(change: ChangeRequest, to: number, last: Fields): Promise<Shortfall> {
    const steps = stepsTo(change.state, to, roads[wishes.type]);
    for (const state of steps) {
      const fields = { state: String(state), ...(state === to ? last : {}) };
      const refused = await write.updateChange(change.id, fields).then(
        (now) => (now.state === state ? undefined : `it stayed in ${nameOf(now.state)}`),
        (error) => refusal(error),
      );
      if (refused === undefined) continue;
      await write.updateChange(change.id, last);
      return `ServiceNow did not move a ${wishes.type} change to ${nameOf(state)} (${refused}): let its user do that, or set another type in change-records.yaml.`;
    }
    return undefined;
  }

  return {
    name: 'servicenow',
    called: 'ServiceNow',
    credentials: 'SERVICENOW_USER and SERVICENOW_PASSWORD',
    async find(correlation) {
      const found = await read.findChange(correlation);
      return found && opened(found);
    },
    async open({ correlation, title, lines, why, rollback, risk, planned }) {
      const change = await write.createChange({
        ...wishes.fields,
        type: wishes.type,
        short_description: title,
        description: text(lines),
        justification: why,
        backout_plan: rollback,
        risk: risks[risk],
        start_date: time(planned.from),
        end_date: time(planned.to),
        correlation_id: correlation,
        correlation_display: 'Roster',
      });
      return opened(change);
    },
    async begin({ id }, { lines }) {
      const change = await read.change(id);
      if (change.state >= implement) return undefined;
      return moveTo(change, implement, { work_notes: text(lines) });
    },
    async close({ id }, closing) {
      const change = await read.change(id);
      if (change.state >= (endOf(closing.outcome) === review ? review : closed)) return undefined;
      return moveTo(change, endOf(closing.outcome), closingFields(closing));
    },
    async undo({ id }, closing) {
      const { close_notes = '' } = closingFields(closing);
      await write.updateChange(id, { close_notes, close_code: 'successful_issues' });
      return undefined;
    },
  };
}

const risks = { low: '4', medium: '3', high: '2' };

/** What nobody can say stays in Review: a person must look and close it. */
function endOf(outcome: Outcome): number {
  if (outcome === 'indeterminate') return review;
  return outcome === 'cancelled' || outcome === 'never' ? canceled : closed;
}

function closingFields({ outcome, lines, began, ended }: Closing): Fields {
  const note = text(lines);
  const code = outcome === 'successful' ? 'successful' : 'unsuccessful';
  if (endOf(outcome) === review) return { work_notes: note, work_start: time(began), work_end: time(ended) };
  if (outcome === 'never') return { work_notes: note, close_notes: note };
  const times = { work_start: time(began), work_end: time(ended) };
  return { close_code: code, close_notes: note, ...times };
}

/** The states between, without those that were left behind; to *Canceled* one step leads from anywhere. Pure. */
function stepsTo(from: number, to: number, road: number[]): number[] {
  if (to === canceled) return [canceled];
  return road.filter((state) => state > from && state <= to);
}

/** A clear no of ServiceNow's own rules; anything else is thrown, and tried again. */
function refusal(error: unknown): string {
  const { status, message } = error as { status?: number; message?: string };
  if (status !== 400 && status !== 403) throw error;
  return message?.replace(/^.*? with \d+: /, '') ?? '';
}

function nameOf(state: number): string {
  return stateNames[state] ?? `state ${state}`;
}

/** As the table stores it: UTC, to the second. */
function time(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

const text = (lines: string[]) => lines.join('\n').slice(0, 4_000);
