import { type Answer, json, type Request } from './http.ts';

type Row = Record<string, unknown>;

interface Filter {
  name: string;
  field: string;
  lookup: string;
  value: string;
}

const lookups: Record<string, (sign: number) => boolean> = {
  exact: (sign) => sign === 0,
  gt: (sign) => sign > 0,
  gte: (sign) => sign >= 0,
  lt: (sign) => sign < 0,
  lte: (sign) => sign <= 0,
};

/** A page of `rows` as AWX lists them: filtered, ordered, paged. Fields and lookups it does not have are refused. */
export function list({ path, params }: Request, rows: Row[], fields: string[]): Answer {
  const filters = [...params]
    .filter(([name]) => !['page', 'page_size', 'order_by', 'format'].includes(name))
    .map(([name, value]) => {
      const [field = '', lookup = 'exact'] = name.split('__');
      return { name, field, lookup, value };
    });
  const no = filters.map((filter) => refusal(filter, fields)).find(Boolean);
  if (no) return no;
  const by = params.get('order_by') ?? 'id';
  if (!fields.includes(by.replace('-', ''))) return json(400, { detail: `Cannot resolve keyword '${by}'` });
  return page(
    path,
    params,
    ordered(
      rows.filter((row) => filters.every(fits(row))),
      by,
    ),
  );
}

function refusal({ name, field, lookup }: Filter, fields: string[]): Answer | undefined {
  // As in AWX, which lets nobody search extra variables because they may hold secrets.
  if (field === 'extra_vars') return json(403, { detail: 'Filtering on extra_vars is not allowed.' });
  if (!fields.includes(field)) return json(400, { detail: `There is no field named '${field}'` });
  return lookup in lookups ? undefined : json(400, { detail: `Unsupported lookup in '${name}'` });
}

function fits(row: Row): (filter: Filter) => boolean | undefined {
  return ({ field, lookup, value }) => {
    const dated = field === 'created' && !Number.isNaN(Date.parse(value));
    return lookups[lookup]?.(compare(row[field], dated ? new Date(value).toISOString() : value));
  };
}

function ordered(rows: Row[], by: string): Row[] {
  const field = by.replace('-', '');
  return rows.toSorted((a, b) => compare(a[field], b[field]) * (by.startsWith('-') ? -1 : 1));
}

/** By number where the row's own value is one, else by letter. */
function compare(own: unknown, other: unknown): number {
  if (typeof own === 'number') return Math.sign(own - Number(other));
  return String(own) < String(other) ? -1 : String(own) > String(other) ? 1 : 0;
}

function page(path: string, params: URLSearchParams, rows: Row[]): Answer {
  const size = Math.min(200, Math.max(1, Number(params.get('page_size') ?? 25) || 25));
  const wanted = Number(params.get('page') ?? 1);
  const pages = Math.max(1, Math.ceil(rows.length / size));
  if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= pages))
    return json(404, { detail: 'Invalid page.' });
  const link = (nth: number) =>
    `${path}?${new URLSearchParams({ ...Object.fromEntries(params), page: String(nth) })}`;
  return json(200, {
    count: rows.length,
    next: wanted < pages ? link(wanted + 1) : null,
    previous: wanted > 1 ? link(wanted - 1) : null,
    results: rows.slice((wanted - 1) * size, wanted * size),
  });
}
