import type { Db } from '../postgres/database.ts';
import { rowsWith } from './store.ts';
import { endOf, type Told, told } from './told.ts';

/** A service, a server, a target or a tool, and a time: ISO with microseconds, `until` not included. */
export interface Asked {
  system: string;
  from: string;
  until: string;
}

/** One deed: who did it, on what, by whose authority, and what came of it. People are named by id. */
export interface Deed {
  action: string;
  at: string;
  worker: string;
  charter: string;
  tool: string;
  policy: string;
  target: string;
  /** What policy said when it was last decided: allow, notify, ask or refuse. */
  decision: string;
  /** Those who answered, as `person: approve`. */
  answers: string[];
  outcome: string;
  /** The digest of exactly what ran, and the entries that say so. */
  digest: string;
  entries: number[];
}

export interface Compliance extends Asked {
  deeds: Deed[];
  /** Attempts that a door refused, and other deeds by people about this system. */
  others: { at: string; seq: number; kind: string; by: string; because: string }[];
  totals: { deeds: number; alone: number; approved: number; notRun: number };
}

/** Who did what under which authority on one system in a time, told from the audit alone. */
export async function compliance(db: Db, asked: Asked): Promise<Compliance> {
  const { system, from, until } = asked;
  const named = (await rowsWith(db, [system], { until })).map(({ text = '' }) => told(text));
  const actions = new Set(named.filter((one) => isAbout(one, system)).flatMap(actionOf));
  const found = actions.size > 0 ? await rowsWith(db, [...actions], { until }) : [];
  const entries = found.map(({ text = '' }) => told(text));
  return complianceOf(
    asked,
    entries,
    named.filter((one) => one.at >= from && isAbout(one, system)),
  );
}

/** The report that these entries make: all about the actions, and those of the time that name the system. Pure. */
function complianceOf(asked: Asked, entries: Told[], named: Told[]): Compliance {
  const byAction = Map.groupBy(
    entries.filter((one) => actionOf(one).length > 0),
    (one) => actionOf(one)[0] ?? '',
  );
  const deeds = [...byAction]
    .filter(([, own]) => own.some(({ at }) => at >= asked.from))
    .filter(([, own]) => own.some((one) => isAbout(one, asked.system)))
    .map(([action, own]) => deedOf(action, own));
  const others = named.filter(({ entry }) => entry.by.person && !entry.about?.action);
  const approved = deeds.filter(({ answers, outcome }) => ran(outcome) && answers.length > 0).length;
  const alone = deeds.filter(({ answers, outcome }) => ran(outcome) && answers.length === 0).length;
  return {
    ...asked,
    deeds,
    others: others.map(({ at, seq, entry }) => ({
      at,
      seq,
      kind: entry.kind,
      by: entry.by.person ?? '',
      because: entry.because?.join(' ') ?? '',
    })),
    totals: { deeds: deeds.length, alone, approved, notRun: deeds.length - alone - approved },
  };
}

/** The report as a table for people. */
export function complianceTable({ system, from, until, deeds, others, totals }: Compliance): string {
  const head = ['when', 'worker', 'tool', 'target', 'policy', 'decided', 'answered by', 'outcome', 'action'];
  const rows = deeds.map((one) => [
    one.at.slice(0, 19),
    one.charter,
    one.tool,
    one.target,
    one.policy,
    one.decision,
    one.answers.join('; ') || '–',
    one.outcome,
    one.action,
  ]);
  const said = others.map((one) =>
    `${one.at.slice(0, 19)}  ${one.by}  ${one.kind}  ${one.because}`.trimEnd(),
  );
  return [
    `${system}, ${from.slice(0, 19)} to ${until.slice(0, 19)} (UTC): ${totals.deeds} deeds, ${totals.alone} run alone, ${totals.approved} run after approval, ${totals.notRun} not run.`,
    ...(rows.length > 0 ? aligned([head, ...rows]) : []),
    ...(said.length > 0 ? ['', 'Deeds and attempts of people:', ...said] : []),
  ].join('\n');
}

function deedOf(action: string, own: Told[]): Deed {
  const first = own[0];
  const ended = endOf(own)?.entry;
  const versions: Record<string, string> = Object.assign({}, ...own.map(({ entry }) => entry.versions));
  const worker = own.find(({ entry }) => entry.by.worker)?.entry.by;
  const fact = (name: string) =>
    own.findLast(({ entry }) => entry.facts?.[name] !== undefined)?.entry.facts?.[name];
  const answers = own.filter(({ entry }) => entry.kind === 'approval.answered');
  return {
    action,
    at: first?.at ?? '',
    worker: worker?.worker ?? '',
    charter: worker?.charter ?? '',
    tool: versions.tool ?? '',
    policy: versions.policy ?? '',
    target: targetIn(fact('facts')),
    decision: text(member(fact('decision'), 'kind')),
    answers: answers.map(({ entry }) => `${entry.by.person ?? ''}: ${text(entry.facts?.answer)}`),
    outcome: ended ? text(ended.facts?.status) : 'open',
    digest: text(fact('digest')),
    entries: own.map(({ seq }) => seq),
  };
}

function isAbout({ entry: { about, facts, versions } }: Told, system: string): boolean {
  const target = targetIn(facts?.facts);
  const tool = versions?.tool?.split('@')[0];
  return (
    [about?.service, about?.server, target, tool].includes(system) ||
    Object.values(argumentsOf(facts)).includes(system)
  );
}

/** What was acted on: the facts name it, with what the inventory knows of it. */
function targetIn(facts: unknown): string {
  return text(member(member(facts, 'target'), 'id'));
}

function argumentsOf(facts: Told['entry']['facts']): Record<string, unknown> {
  const given = facts?.arguments;
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
}

function actionOf({ entry }: Told): string[] {
  return entry.about?.action ? [entry.about.action] : [];
}

function ran(outcome: string): boolean {
  return ['done', 'failed', 'indeterminate'].includes(outcome);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function aligned(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
