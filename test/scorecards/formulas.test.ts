import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dimensions } from '../../src/scorecards/kpi.ts';
import { kpi, kpis, valueSays } from '../../src/scorecards/kpis.ts';
import { type Criterion, criteria, levels } from '../../src/scorecards/maturity.ts';
import { reportingSchema } from '../../src/scorecards/reporting.ts';

const { minimum } = reportingSchema.parse({});

/** The page with its tables as the code has them. */
function withTables(page: string): string {
  return between(between(page, 'kpis', figures()), 'maturity', maturity());
}

function between(page: string, name: string, table: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest = ''] = page.split(open);
  return `${before}${open}\n${table}\n${close}${rest.split(close)[1]}`;
}

function figures(): string {
  const rows = kpis.map(
    ({ id, says, dimension, cadence, formula, rows, source, better, target, unit, ...one }) => {
      const wanted =
        target === undefined ? '–' : `${better === 'more' ? '≥' : '≤'} ${valueSays({ unit }, target, 'EUR')}`;
      const least = one.minimum ? `${minimum[one.minimum]} (\`minimum.${one.minimum}\`)` : '–';
      return [
        `\`${id}\``,
        says,
        `${dimensions[dimension]}, ${cadence}`,
        formula,
        rows,
        least,
        wanted,
        source,
      ];
    },
  );
  return table(
    ['id', 'figure', 'side and cadence', 'formula', 'rows', 'least sample', 'target', 'source'],
    rows,
  );
}

function maturity(): string {
  const rows = levels.map(({ level, name, means }) => {
    const own = criteria.filter(({ leaves }) => leaves === level).map(told);
    return [`${level} ${name}`, means, own.join('; ') || 'none: it is the last'];
  });
  return table(['level', 'what it means', 'to leave it'], rows);
}

function told(one: Criterion): string {
  const bound = 'atLeast' in one ? `at least ` : `at most `;
  const value = 'atLeast' in one ? one.atLeast : one.atMost;
  if ('foundation' in one) return `${one.says}: ${bound}${value} ${one.source}`;
  return `${kpi(one.kpi).says.toLowerCase()}: ${bound}${valueSays(kpi(one.kpi), value, 'EUR')} ${one.source}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

test('the page of formulas says what is reckoned', async () => {
  await expect(withTables(readFileSync('docs/formulas.md', 'utf8'))).toMatchFileSnapshot(
    '../../docs/formulas.md',
  );
});

test('every figure has an id of its own, a source, and what its better way and target say of each other', () => {
  expect(new Set(kpis.map(({ id }) => id)).size).toBe(kpis.length);
  for (const { source, target, better } of kpis) {
    expect(source).not.toBe('');
    if (target !== undefined) expect(better).toBeDefined();
  }
  for (const dimension of Object.keys(dimensions))
    expect(kpis.some((one) => one.dimension === dimension)).toBe(true);
});
