import { withoutSecrets } from '../../models/secrets.ts';
import type { LogLine, Loki } from '../../systems/loki/read.ts';

/** Log lines that say the same but for numbers and names of things. */
export interface LogGroup {
  template: string;
  count: number;
  /** The newest of them, as it came. */
  example: LogLine;
  /** None of the kind came before. */
  fresh: boolean;
}

export interface FoundLogs {
  /** The lines themselves, newest first. */
  lines: LogLine[];
  groups: LogGroup[];
  notes: string[];
}

/** Loki's own limit, as it comes, is 5,000. */
const mostLines = 1_000;
const window = 15 * 60_000;
const hour = 3_600_000;

/** Error lines of these services from 15 min before `at` up to `now`, beside the hour before. Throws `SystemFailed`. */
export async function errorLogs(loki: Loki, services: string[], at: Date, now: Date): Promise<FoundLogs> {
  const from = new Date(at.getTime() - window);
  const read = async (begin: Date, end: Date) => {
    const asked = services.map((app) =>
      loki.queryRange(`{app="${app}", level="error"}`, begin, end, mostLines),
    );
    return Promise.all(asked);
  };
  const [lines, before] = await Promise.all([read(from, now), read(new Date(from.getTime() - hour), from)]);
  const cut = [...lines, ...before].some((all) => all.length >= mostLines);
  const note = `There were more than ${mostLines.toLocaleString('en')} error lines: the newest of them are counted here.`;
  const all = lines.flat().sort((a, b) => b.at.getTime() - a.at.getTime());
  return { lines: all, groups: grouped(all, before.flat()), notes: cut ? [note] : [] };
}

/** Lines by what they say, those that are new first, then the most frequent. Pure. */
export function grouped(lines: LogLine[], before: LogLine[]): LogGroup[] {
  const known = new Set(before.map(({ line }) => templateOf(line)));
  const groups = [...Map.groupBy(lines, ({ line }) => templateOf(line))].map(([template, own]): LogGroup => {
    const example = own.reduce((newest, one) => (one.at > newest.at ? one : newest));
    return { template, count: own.length, example, fresh: !known.has(template) };
  });
  return groups.sort((a, b) => Number(b.fresh) - Number(a.fresh) || b.count - a.count);
}

/** A line without what differs from one of its kind to the next: values after =, ids, addresses, all that has a digit. */
export function templateOf(line: string): string {
  return line
    .slice(0, 2_000)
    .replace(/=("[^"]*"|[^\s,;)]+)/g, '=#')
    .replace(/[\w.:/+-]*\d[\w.:/+-]*/g, '#')
    .replace(/\b[0-9a-f]{8,}\b/gi, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

const most = 5;
const longest = 240;

/** The groups as lines for people: how often, whether new, and the newest of them without its secrets. */
export async function logLines(groups: LogGroup[]): Promise<string[]> {
  const clean = groups.slice(0, most).map(async (group) => ({
    ...group,
    whole: await withoutSecrets(group.example.line),
  }));
  const told = (await Promise.all(clean)).map(({ count, fresh, whole }) => {
    const line = whole.replace(/\s+/g, ' ').trim();
    return `${count} ×${fresh ? ' new' : ''} ${line.length > longest ? `${line.slice(0, longest)}…` : line}`;
  });
  const more = groups.length - told.length;
  return more > 0 ? [...told, `and ${more} more kinds of line`] : told;
}
