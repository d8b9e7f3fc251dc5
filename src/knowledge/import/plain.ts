import type { Row } from './rows.ts';

/** What fields may be called in a CSV or JSON file, whatever their capitals, spaces and dashes. */
const names: Record<string, string[]> = {
  key: ['key', 'id', 'number', 'incident', 'incident_id', 'ticket'],
  title: ['title', 'summary', 'short_description', 'name'],
  symptoms: ['symptoms', 'description', 'text', 'details'],
  rootCause: ['root_cause', 'cause'],
  resolution: ['resolution', 'close_notes', 'resolution_notes', 'fix'],
  kind: ['kind', 'type', 'cause_kind', 'category'],
  service: ['service', 'business_service', 'component', 'application'],
  server: ['server', 'host', 'hostname', 'cmdb_ci', 'configuration_item'],
  severity: ['severity', 'priority', 'sev'],
  openedAt: ['opened_at', 'opened', 'created', 'created_at', 'started_at', 'start'],
  endedAt: ['ended_at', 'ended', 'resolved_at', 'resolved', 'closed_at', 'closed', 'end'],
  runbook: ['runbook'],
  metrics: ['metrics'],
  templates: ['templates', 'log_templates'],
};

/** A row of a CSV or JSON file as an imported incident; lists in one cell are parted by semicolons. Pure. */
export function plainRow(row: Row): object {
  const given = new Map(
    Object.entries(row).map(([name, value]) => [
      name
        .trim()
        .toLowerCase()
        .replace(/[\s-]+/g, '_')
        .replace(/([a-z])(?=_?at$)/, '$1'),
      value,
    ]),
  );
  const of = (field: string) =>
    (names[field] ?? [])
      .map((name) => given.get(name))
      .find((value) => value !== undefined && value !== null && value !== '');
  return {
    source: 'file',
    key: textOf(of('key')),
    title: textOf(of('title')),
    ...Object.fromEntries(
      ['symptoms', 'rootCause', 'resolution', 'kind', 'service', 'server', 'runbook'].map((one) => [
        one,
        textOf(of(one)),
      ]),
    ),
    severity: severityOf(of('severity')),
    openedAt: timeOf(of('openedAt')),
    endedAt: timeOf(of('endedAt')),
    metrics: listOf(of('metrics')),
    templates: listOf(of('templates')),
  };
}

/** The text of a value; of a reference what it is shown as. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { display_value, name, value: own } = value as Row;
  return textOf(display_value ?? name ?? own);
}

/** A time in ISO 8601; one without a zone is UTC. What is no time stays as it is, to be told. */
export function timeOf(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  if (!text) return undefined;
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(text) ??
    [];
  if (day === undefined) return text;
  const colon = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return `${day}T${time.length === 5 ? `${time}:00` : time}${colon}`;
}

/** Words for how bad it was, as trackers have them. */
const severities: Record<string, number> = {
  ...{ critical: 1, highest: 1, blocker: 1, high: 2, major: 2, moderate: 3, medium: 3, minor: 4, low: 4 },
  ...{ lowest: 4, trivial: 4, planning: 4 },
};

/** 1 the worst to 4, from a number or a word such as `2 - High`, `SEV1`, `P3` or `Highest`; undefined when it says neither. */
export function severityOf(value: unknown): number | undefined {
  const text = textOf(value)?.trim().toLowerCase() ?? '';
  const digit = /^(?:sev|p|s)?\W?([1-5])\b/.exec(text)?.[1];
  if (digit) return Math.min(4, Number(digit));
  return severities[text.replace(/[^a-z]/g, '')];
}

function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string');
  return (textOf(value) ?? '')
    .split(';')
    .map((one) => one.trim())
    .filter(Boolean);
}
