// A gateway on a database of its own whose changes are recorded in a ServiceNow and a Jira at the wire.
import { onTestFinished } from 'vitest';
import type { Gateway } from '../../src/actions/gateway.ts';
import { openChanges } from '../../src/estate/changes.ts';
import type { Answer, Request } from '../../src/estate/http.ts';
import { answerJira, type ChangeIssue } from '../../src/estate/jira.ts';
import { answerServiceNow, type ChangeRow } from '../../src/estate/servicenow.ts';
import type { ActionId } from '../../src/ids.ts';
import { jiraRecords } from '../../src/records/jira.ts';
import { openRecords, type Records } from '../../src/records/records.ts';
import { serviceNowRecords } from '../../src/records/servicenow.ts';
import { wishesSchema } from '../../src/records/wishes.ts';
import { openStory, type Story } from '../actions/story.ts';
import { openPostgresTest } from '../databases.ts';
import { openWire, type Seen } from '../systems/wire.ts';

/** How a system behaves before it looks at what it is asked; undefined: as usual. */
export type Mood = (
  seen: Seen,
) => { status: number; body?: unknown; headers?: Record<string, string> } | 'silence' | 'lost' | undefined;

export type Office = Awaited<ReturnType<typeof openOffice>>;

const wishes = wishesSchema.parse({ jira: { project: 'OPS' } });
const asUsual: Mood = () => undefined;

export async function openOffice(systems: ('servicenow' | 'jira')[] = ['servicenow', 'jira']) {
  const story = await openStory(await openPostgresTest());
  const { db } = story.gateway;
  const changes = openChanges<ChangeRow>(db, 'servicenow');
  const issues = openChanges<ChangeIssue>(db, 'jira');
  const moods = { servicenow: asUsual, jira: asUsual };
  const password = 'open-sesame';
  const serviceNow = await wireOf(
    (seen) => moods.servicenow(seen),
    (request) => answerServiceNow(request, { changes, user: 'roster', password }, new Date()),
  );
  const jira = await wireOf(
    (seen) => moods.jira(seen),
    (request) => answerJira(request, { changes: issues, email: 'roster', token: password }, new Date()),
  );
  const warned: string[] = [];
  const access = (url: string) => ({ url, user: 'roster', password, timeoutMs: 1_000 });
  const opened: Records[] = [];
  /** The records as a process of its own has them. */
  const open = (): Gateway & { records: Records } => {
    const records = openRecords({
      ...{ db, queue: story.gateway.queue, chain: 'trial' },
      systems: [
        ...(systems.includes('servicenow')
          ? [serviceNowRecords(access(serviceNow.url), wishes.servicenow)]
          : []),
        ...(systems.includes('jira') && wishes.jira ? [jiraRecords(access(jira.url), wishes.jira)] : []),
      ],
      nameOf: (id) => (id === 'p-maria' ? 'Maria' : id),
      settleMs: 10,
      now: () => new Date(),
      log: { warn: (message) => void warned.push(message) },
    });
    opened.push(records);
    return { ...story.gateway, recording: records.recording, records };
  };
  const close = async () => {
    await Promise.all(opened.map((one) => one.stop()));
    await serviceNow.close();
    await jira.close();
    await story.close();
  };
  return {
    story,
    open,
    moods,
    changes,
    issues,
    seen: { serviceNow: serviceNow.seen, jira: jira.seen },
    warned,
    close,
  };
}

/** A system that has moods, and otherwise answers as it does in the trial's company. */
async function wireOf(mood: Mood, answer: (request: Request) => Promise<Answer>) {
  return openWire(async (seen) => {
    const moody = mood(seen);
    if (moody !== undefined && moody !== 'lost') return moody;
    const { method, path, params, body, authorization } = seen;
    const said = await answer({ method, path, params, body, authorization });
    return moody === 'lost' ? 'lost' : said;
  });
}

/** What was made in each system for an action. */
export async function recordsFor(office: Pick<Office, 'changes' | 'issues'>, id: ActionId) {
  const changes = await office.changes.with('correlation_id', id);
  const issues = await office.issues.with('labels', `roster-${id}`);
  return { changes: changes.map(({ record }) => record), issues: issues.map(({ record }) => record) };
}

export type { Story };
export const closing = (office: Office) => onTestFinished(office.close);
