import type { Access } from '../systems/http.ts';
import { type Issue, openJira, type Transition } from '../systems/jira/read.ts';
import { openJiraWriter } from '../systems/jira/write.ts';
import type { ChangeSystem, Note, Opened, Outcome, Shortfall } from './record.ts';
import type { JiraWishes } from './wishes.ts';

/** Jira Service Management as a keeper of change records: an issue of the project's change type for each. */
export function jiraRecords(access: Access, wishes: JiraWishes): ChangeSystem {
  const read = openJira(access);
  const write = openJiraWriter(access);
  const opened = ({ id, key }: Issue): Opened => ({
    id,
    number: key,
    url: `${access.url.replace(/\/+$/, '')}/browse/${key}`,
  });

  async function say(key: string, { lines, mark }: Note): Promise<void> {
    if (!(await read.isSaid(key, mark))) await write.comment(key, lines);
  }

  /** Goes the ways of `names` in order, as far as they are offered; each is the name of a way or of where it leads. */
  async function moveOn(key: string, names: string[]): Promise<Shortfall> {
    const last = names.at(-1);
    if (last === undefined) return undefined;
    for (let at = 0; at < names.length; at += 1) {
      if (is(await read.statusOf(key), last)) return undefined;
      const offered = await read.transitionsOf(key);
      const way = furthest(offered, names);
      if (!way) return notOffered(last, offered);
      await write.transition(key, way.id);
      if (is(way.name, last) || is(way.to, last)) return undefined;
    }
    return undefined;
  }

  return {
    name: 'jira',
    called: 'Jira',
    credentials: 'JIRA_EMAIL and JIRA_API_TOKEN',
    async find(correlation) {
      const found = await read.issueWith(wishes.project, labelOf(correlation));
      return found && opened(found);
    },
    async open({ correlation, title, lines }) {
      const issue = await write.createIssue({
        project: wishes.project,
        issueType: wishes.issue_type,
        summary: title,
        description: lines,
        labels: ['roster', labelOf(correlation)],
        fields: wishes.fields,
      });
      return opened(issue);
    },
    async begin({ number }, note) {
      await say(number, note);
      return moveOn(number, wishes.transitions.running);
    },
    async close({ number }, closing) {
      await say(number, closing);
      if (closing.outcome === 'indeterminate') return undefined;
      const way = wayOf(closing.outcome);
      if (way !== 'cancelled') await moveOn(number, wishes.transitions.running);
      return moveOn(number, wishes.transitions[way]);
    },
    async undo({ number }, note) {
      await say(number, note);
      return undefined;
    },
  };
}

/** Jira's labels take no spaces. */
const labelOf = (correlation: string) => `roster-${correlation}`;

function wayOf(outcome: Exclude<Outcome, 'indeterminate'>): 'successful' | 'failed' | 'cancelled' {
  return outcome === 'never' ? 'cancelled' : outcome;
}

const is = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** Of what is offered, what stands last in `names`. Pure. */
function furthest(offered: Transition[], names: string[]): Transition | undefined {
  return names
    .toReversed()
    .map((name) => offered.find((one) => is(one.name, name) || is(one.to, name)))
    .find((one) => one !== undefined);
}

function notOffered(name: string, offered: Transition[]): string {
  const instead = offered.map((one) => one.name).join(', ') || 'nothing';
  return `Jira offers no way to "${name}" (it offers ${instead}): name its ways under transitions in change-records.yaml.`;
}
