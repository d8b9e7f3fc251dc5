import { CsvError, type Info, parse } from 'csv-parse/sync';
import type { Format, ReadFile } from './rows.ts';

/** The rows of a CSV file by the names in its first line, with the line each ends on; a comma, semicolon or tab parts them. Pure. */
export function csvRows(text: string, format: Format = 'csv'): ReadFile {
  const [head = ''] = text.split(/\r?\n/, 1);
  const delimiter = [',', ';', '\t'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0];
  try {
    const read: { record: Record<string, string>; info: Info }[] = parse(text, {
      ...{ columns: true, info: true, bom: true, trim: true, skip_empty_lines: true, delimiter },
      relax_column_count: true,
    });
    if (read.length === 0)
      return {
        kind: 'refused',
        because: 'The file has no rows below its first line, which names the columns.',
      };
    return {
      kind: 'read',
      format,
      rows: read.map(({ record, info }) => ({ row: record, line: info.lines })),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { kind: 'refused', because: `The file is not CSV: ${error.message}.` };
  }
}
