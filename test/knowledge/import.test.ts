// Exports of other systems, read into past incidents; bad rows and bad files.
import { describe, expect, test } from 'vitest';
import { type Format, readRows } from '../../src/knowledge/import/rows.ts';

function read(text: string, format?: Format) {
  const found = readRows(text, format);
  if (found.kind === 'refused') throw new Error(found.because);
  return found;
}

test('CSV, by names that columns usually have', () => {
  const text = [
    '\uFEFFNumber,Short description,Description,Root cause,Close notes,Category,Service,Host,Priority,Opened at,Closed at,Metrics',
    'INC1,"Disk full, again","two\nlines",logs,rotated,Full Disk,search,search-01,2 - High,2026-03-01 10:00:00,2026-03-01T12:30:00+02:00,disk_available; error_rate',
  ].join('\r\n');
  expect(read(text)).toEqual({
    ...{ kind: 'rows', format: 'csv', wrong: [] },
    rows: [
      {
        line: 3,
        imported: {
          ...{
            source: 'file',
            key: 'INC1',
            title: 'Disk full, again',
            symptoms: 'two\nlines',
            rootCause: 'logs',
          },
          ...{
            resolution: 'rotated',
            kind: 'full-disk',
            service: 'search',
            server: 'search-01',
            severity: 2,
          },
          openedAt: new Date('2026-03-01T10:00:00Z'),
          endedAt: new Date('2026-03-01T10:30:00Z'),
          ...{ runbook: null, metrics: ['disk_available', 'error_rate'], templates: [] },
        },
      },
    ],
  });
});

test.each([';', '\t'])('columns parted by %j', (by) => {
  const text = [
    ['id', 'title', 'opened'],
    ['1', 'Slow, very', '2026-03-01'],
  ]
    .map((row) => row.join(by))
    .join('\n');
  expect(read(text).rows[0]?.imported).toMatchObject({ key: '1', title: 'Slow, very' });
});

test('JSON, an array or one under a name', () => {
  const one = { id: 7, title: 'Slow', created: '2026-03-01T10:00Z', severity: 'critical', kind: null };
  for (const value of [[one], { incidents: [one] }])
    expect(read(JSON.stringify(value))).toMatchObject({
      format: 'json',
      rows: [{ imported: { key: '7', severity: 1, openedAt: new Date('2026-03-01T10:00:00Z'), kind: null } }],
    });
});

test("ServiceNow's table, its values plain or with what is shown for them", () => {
  const record = {
    ...{
      number: 'INC0010042',
      short_description: 'Checkout is slow',
      description: 'since 9',
      close_notes: 'restarted',
    },
    business_service: { display_value: 'Checkout', link: 'https://example.com/x' },
    ...{
      cmdb_ci: 'app-01',
      priority: '1 - Critical',
      category: 'inquiry',
      subcategory: 'Memory Leak',
      caller_id: 'somebody',
    },
    opened_at: { display_value: '01/03/2026 11:00', value: '2026-03-01 10:00:00' },
    ...{ resolved_at: '', closed_at: '2026-03-02 10:00:00' },
  };
  const found = read(JSON.stringify({ result: [record] }));
  expect(found).toMatchObject({
    format: 'servicenow',
    rows: [
      {
        imported: {
          ...{
            source: 'servicenow',
            key: 'INC0010042',
            kind: 'memory-leak',
            service: 'Checkout',
            severity: 1,
          },
          ...{ openedAt: new Date('2026-03-01T10:00:00Z'), endedAt: new Date('2026-03-02T10:00:00Z') },
        },
      },
    ],
  });
  expect(JSON.stringify(found)).not.toContain('somebody');
});

test("ServiceNow's list as CSV", () => {
  const text = 'number,short_description,opened_at\nINC1,Slow,2026-03-01 10:00:00\n';
  expect(read(text, 'servicenow').rows[0]?.imported).toMatchObject({ source: 'servicenow', key: 'INC1' });
});

test("Jira's search, with a document as the description", () => {
  const paragraph = (...words: string[]) => ({
    type: 'paragraph',
    content: words.map((text) => ({ type: 'text', text })),
  });
  const issue = {
    key: 'OPS-12',
    fields: {
      ...{ summary: 'Search is down', priority: { name: 'Highest' }, resolution: { name: 'Done' } },
      description: { type: 'doc', version: 1, content: [paragraph('No ', 'space.'), paragraph('At all.')] },
      ...{ components: [{ name: 'Search' }], labels: ['kind:full-disk', 'server:search-01', 'other'] },
      ...{ created: '2026-03-01T10:00:00.000+0100', resolutiondate: null },
    },
  };
  expect(read(JSON.stringify({ issues: [issue] }))).toMatchObject({
    format: 'jira',
    rows: [
      {
        imported: {
          ...{
            key: 'OPS-12',
            symptoms: 'No space.\nAt all.',
            kind: 'full-disk',
            service: 'Search',
            server: 'search-01',
          },
          ...{ severity: 1, openedAt: new Date('2026-03-01T09:00:00Z'), endedAt: null, resolution: 'Done' },
        },
      },
    ],
  });
});

describe('a wrong row is left out and told with its line', () => {
  const wants = 'wanted a time such as 2026-11-20 10:17:03 or 2026-11-20T10:17:03Z';
  const csv: [row: string, because: string][] = [
    ['2,Late,yesterday,', `Line 3: The time it was opened is "yesterday", ${wants}.`],
    ['2,Late,2026-02-30,', `Line 3: The time it was opened is "2026-02-30T00:00:00Z", ${wants}.`],
    ['2,Late,,', 'Line 3: The time it was opened is missing.'],
    ['2,,2026-03-01,', 'Line 3: Its title is missing.'],
    [',Late,2026-03-01,', 'Line 3: Its number or key is missing.'],
    ['2,Late,2026-03-02,2026-03-01', 'Line 3: The time it ended is before it was opened.'],
    ['1,Again,2026-03-01,', 'Line 3: 1 stands on line 2 already.'],
  ];
  test.each(csv)('%s', (row, because) => {
    const found = read(`id,title,opened,closed\n1,Good,2026-03-01,\n${row}\n`);
    expect(found.rows.map(({ imported }) => imported.title)).toEqual(['Good']);
    expect(found.wrong).toEqual([because]);
  });

  test('in JSON the line on which the item begins', () => {
    const text =
      '[\n  {"id": "1", "title": "Good", "created": "2026-03-01"},\n  {"id": "2",\n   "title": "Bad"},\n  7\n]';
    expect(read(text)).toMatchObject({
      rows: [{ line: 2 }],
      wrong: ['Line 3: The time it was opened is missing.', 'Line 5: It is no object with fields.'],
    });
  });
});

test.each([
  ['id,title\n', /^The file has no rows below its first line/],
  ['', /^The file has no rows/],
  ['id,title\n"1,never closed', /^The file is not CSV: Quote Not Closed/],
  ['{"issues": [', /^The file is not JSON: /],
  ['{"total": 3}', /^The file is JSON without a list: /],
])('a file that is none of these is refused: %j', (text, because) => {
  expect(readRows(text)).toEqual({ kind: 'refused', because: expect.stringMatching(because) });
});

test('what the database cannot hold is shown as such', () => {
  const text =
    '[{"id":"1\\u0000","title":"t","service":"a\\u0000b","metrics":["m\\u0000"],"created":"2026-03-01"}]';
  expect(read(text).rows[0]?.imported).toMatchObject({
    key: '1\uFFFD',
    service: 'a\uFFFDb',
    metrics: ['m\uFFFD'],
  });
});

test('texts as long as a book are cut', () => {
  const text = JSON.stringify([
    { id: 1, title: 't'.repeat(999), description: 'x'.repeat(99_999), created: '2026-03-01' },
  ]);
  const [one] = read(text).rows;
  expect(one?.imported.title).toHaveLength(300);
  expect(one?.imported.symptoms).toHaveLength(4_000);
});
