// Past incidents out of another system's export: read into rows, wrong ones told by their lines.
// Not where they are kept: that is history.ts.
import { LineCounter, parseDocument } from 'yaml';
import { type Imported, importedShape } from '../history.ts';
import { csvRows } from './csv.ts';
import { jiraRow } from './jira.ts';
import { plainRow } from './plain.ts';
import { serviceNowRow } from './servicenow.ts';

export const formats = ['csv', 'json', 'servicenow', 'jira'] as const;
export type Format = (typeof formats)[number];

/** A row of a file as it came, by the names its columns or fields have there. */
export type Row = Record<string, unknown>;

export type ReadRows =
  | { kind: 'rows'; format: Format; rows: { line: number; imported: Imported }[]; wrong: string[] }
  | { kind: 'refused'; because: string };

/**
 * Reads an export. Without a format it is found out: CSV unless it begins as JSON does, Jira by its `issues`, ServiceNow by
 * its `result` or `records`. Rows that are wrong are left out and told with their line. Pure.
 */
export function readRows(text: string, format?: Format): ReadRows {
  const plain = text.replace(/^\uFEFF/, '');
  const asJson = format
    ? format !== 'csv' && !(format === 'servicenow' && !beginsAsJson(plain))
    : beginsAsJson(plain);
  const read = asJson ? jsonRows(plain, format) : csvRows(plain, format);
  if (read.kind === 'refused') return read;
  const rows: { line: number; imported: Imported }[] = [];
  const wrong: string[] = [];
  const lines = new Map<string, number>();
  for (const { row, line } of read.rows) {
    const parsed =
      typeof row === 'object' && row !== null && !Array.isArray(row)
        ? importedOf(row as Row, read.format)
        : notARow;
    if (parsed.kind === 'wrong') {
      wrong.push(`Line ${line}: ${parsed.because}`);
      continue;
    }
    const before = lines.get(parsed.imported.key);
    if (before !== undefined)
      wrong.push(`Line ${line}: ${parsed.imported.key} stands on line ${before} already.`);
    else rows.push({ line, imported: parsed.imported });
    lines.set(parsed.imported.key, before ?? line);
  }
  return { kind: 'rows', format: read.format, rows, wrong };
}

function beginsAsJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

type Parsed = { kind: 'imported'; imported: Imported } | { kind: 'wrong'; because: string };
const notARow: Parsed = { kind: 'wrong', because: 'It is no object with fields.' };

/** What fields are called in a sentence for people. */
const called: Record<string, string> = {
  key: 'its number or key',
  title: 'its title',
  openedAt: 'the time it was opened',
  endedAt: 'the time it ended',
};

function importedOf(row: Row, format: Format): Parsed {
  const mapped = { csv: plainRow, json: plainRow, servicenow: serviceNowRow, jira: jiraRow }[format](row);
  const parsed = importedShape.safeParse(mapped);
  if (parsed.success) return { kind: 'imported', imported: parsed.data };
  const issues = parsed.error.issues.map(({ path, message }) => {
    const field = String(path[0] ?? 'it');
    const says = field.endsWith('At') && !/before/.test(message) ? saysTime(mapped, field) : message;
    return `${called[field] ?? field} ${says}`;
  });
  const sentence = issues.join(', ');
  return { kind: 'wrong', because: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.` };
}

function saysTime(mapped: object, field: string): string {
  const given = (mapped as Record<string, unknown>)[field];
  if (given === undefined || given === '') return 'is missing';
  return `is ${JSON.stringify(given).slice(0, 60)}, wanted a time such as 2026-11-20 10:17:03 or 2026-11-20T10:17:03Z`;
}

export type ReadFile =
  | { kind: 'read'; rows: { row: unknown; line: number }[]; format: Format }
  | { kind: 'refused'; because: string };

function jsonRows(text: string, wanted: Format | undefined): ReadFile {
  const document = parsed(text);
  if (document.kind === 'refused') return document;
  const { value } = document;
  const under = ['issues', 'result', 'records', 'incidents'].find((name) =>
    Array.isArray((value as Row)[name]),
  );
  const list = Array.isArray(value)
    ? value
    : under === undefined
      ? undefined
      : ((value as Row)[under] as unknown[]);
  if (!list)
    return {
      kind: 'refused',
      because:
        'The file is JSON without a list: wanted an array, or one under issues, result, records or incidents.',
    };
  const found =
    under === 'issues' ? 'jira' : under === 'result' || under === 'records' ? 'servicenow' : 'json';
  const lines = linesOf(text, Array.isArray(value) ? [] : [under as string]);
  return {
    kind: 'read',
    format: wanted ?? found,
    rows: list.map((row, nth) => ({ row, line: lines[nth] ?? 0 })),
  };
}

function parsed(text: string): { kind: 'value'; value: unknown } | { kind: 'refused'; because: string } {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'refused', because: `The file is not JSON: ${(error as Error).message}.` };
  }
}

/** On which line each item of the list begins. JSON is YAML, whose parser knows where everything stands. */
function linesOf(text: string, path: string[]): number[] {
  const counter = new LineCounter();
  const list = parseDocument(text, { lineCounter: counter }).getIn(path, true) as {
    items?: { range?: [number] }[];
  };
  return (list?.items ?? []).map(({ range }) => counter.linePos(range?.[0] ?? 0).line);
}
