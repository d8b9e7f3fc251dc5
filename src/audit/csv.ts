import type { Row } from './link.ts';
import { type Told, told } from './told.ts';

const columns: [name: string, value: (told: Told) => unknown][] = [
  ['seq', ({ seq }) => seq],
  ['chain', ({ chain }) => chain],
  ['at', ({ at }) => at],
  ['kind', ({ entry }) => entry.kind],
  ['worker', ({ entry }) => entry.by.worker],
  ['charter', ({ entry }) => entry.by.charter],
  ['person', ({ entry }) => entry.by.person],
  ['roster', ({ entry }) => entry.by.roster],
  ['action', ({ entry }) => entry.about?.action],
  ['approval', ({ entry }) => entry.about?.approval],
  ['incident', ({ entry }) => entry.about?.incident],
  ['service', ({ entry }) => entry.about?.service],
  ['server', ({ entry }) => entry.about?.server],
  ['versions', ({ entry }) => entry.versions],
  ['because', ({ entry }) => entry.because?.join(' ')],
  ['facts', ({ entry }) => entry.facts],
];

/** The names of the columns. */
export const csvHead = csv([...columns.map(([name]) => name), 'hash']);

/** One entry as a line of CSV (RFC 4180). Throws when its text is not that of an audit entry. */
export function csvLine({ text = '', hash }: Pick<Row, 'text' | 'hash'>): string {
  const entry = told(text);
  return csv([...columns.map(([, value]) => value(entry)), Buffer.from(hash).toString('hex')]);
}

function csv(values: unknown[]): string {
  return `${values.map((value) => cell(value)).join(',')}\r\n`;
}

function cell(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A spreadsheet would run these as formulas.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
