import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Changes, Kept } from './changes.ts';
import { type Answer, json, type Request, text } from './http.ts';

/** A row of change_request: its columns, and what was noted on it. */
export interface ChangeRow {
  sys_id: string;
  number: string;
  [column: string]: string;
}

interface ServiceNow {
  changes: Changes<ChangeRow>;
  user: string;
  password: string;
}

const place = /^\/api\/now(?:\/v\d+)?\/table\/(\w+)(?:\/([0-9a-f]{32}))?$/;
const page = /^\/nav_to\.do$/;

/** Which states a change may go to from each, by its type; -1 is Implement, 3 Closed, 4 Canceled. */
const ways: Record<string, Record<string, string[]>> = {
  standard: { '-5': ['-2'], '-2': ['-1'], '-1': ['0'], '0': ['3'] },
  emergency: { '-5': ['-3'], '-3': ['-2'], '-2': ['-1'], '-1': ['0'], '0': ['3'] },
  normal: { '-5': ['-4'], '-4': ['-3'], '-3': ['-2'], '-2': ['-1'], '-1': ['0'], '0': ['3'] },
};
const closeCodes = ['successful', 'successful_issues', 'unsuccessful'];

/** The company's ServiceNow: its table of change requests, by the Table API, and a page of plain text for each. Basic authentication. */
export async function answerServiceNow(request: Request, serviceNow: ServiceNow, now: Date): Promise<Answer> {
  if (page.test(request.path)) return pageOf(request, serviceNow);
  const { user, password } = serviceNow;
  const known = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (request.authorization !== known)
    return failure(401, 'User Not Authenticated', 'Required to provide Auth information', {
      'www-authenticate': 'BASIC realm="Service-now"',
    });
  const [matched, table, id] = place.exec(request.path) ?? [];
  if (!matched) return failure(400, 'Requested URI does not represent any resource', request.path);
  if (table !== 'change_request') return failure(400, `Invalid table ${table}`);
  if (!id && request.method === 'GET') return list(request, serviceNow);
  if (!id && request.method === 'POST') return create(request, serviceNow, now);
  const found = id && (await serviceNow.changes.with('sys_id', id))[0];
  if (!found)
    return failure(404, 'No Record found', "Record doesn't exist or ACL restricts the record retrieval");
  if (request.method === 'GET') return json(200, { result: shown(request, found.record) });
  if (request.method === 'PATCH' || request.method === 'PUT') return update(request, serviceNow, found);
  return failure(405, 'Method not supported', request.method);
}

/** The queries that are known here: one column that equals a value, and an order. */
async function list(request: Request, { changes }: ServiceNow): Promise<Answer> {
  const parts = (request.params.get('sysparm_query') ?? '').split('^').filter((part) => part !== '');
  const conditions = parts.filter((part) => !part.startsWith('ORDERBY'));
  const [column, value] = conditions[0]?.split('=') ?? [];
  if (conditions.length > 1 || (conditions.length === 1 && value === undefined))
    return failure(400, 'Invalid query', 'Only column=value is known here.');
  const found = await changes.with(column, value);
  const limit = Number(request.params.get('sysparm_limit') ?? 10_000);
  return json(200, { result: found.slice(0, limit).map(({ record }) => shown(request, record)) });
}

async function create(request: Request, { changes }: ServiceNow, now: Date): Promise<Answer> {
  const fields = fieldsOf(request.body);
  if (!fields) return unreadable();
  const { type = 'normal' } = fields;
  if (!ways[type]) return aborted('Change Request Type validation');
  if (lasts(fields) < 0) return aborted('Planned Start/End Date validation');
  const { record } = await changes.add((nth) => {
    const number = `CHG${String(30_000 + nth).padStart(7, '0')}`;
    const sys_id = createHash('md5').update(number).digest('hex');
    const { work_notes, ...columns } = fields;
    const journal: Record<string, string> = work_notes ? { work_notes: noted('', work_notes) } : {};
    return { state: '-5', type, ...columns, ...journal, sys_id, number, sys_created_on: time(now) };
  }, now);
  const location = `/api/now/table/change_request/${record.sys_id}`;
  return json(201, { result: shown(request, record) }, { location });
}

async function update(
  request: Request,
  { changes }: ServiceNow,
  { nth, record }: Kept<ChangeRow>,
): Promise<Answer> {
  const fields = fieldsOf(request.body);
  if (!fields) return unreadable();
  const { work_notes, sys_id: _, number: __, ...columns } = fields;
  const after: ChangeRow = { ...record, ...columns };
  const no = refusal(record, after);
  if (no) return no;
  if (work_notes) after.work_notes = noted(record.work_notes ?? '', work_notes);
  await changes.save(nth, after);
  return json(200, { result: shown(request, after) });
}

/** What the change model does not let happen. */
function refusal(before: ChangeRow, after: ChangeRow): Answer | undefined {
  const [from = '', to = ''] = [before.state, after.state];
  const ended = from === '3' || from === '4';
  const may = to === from || (to === '4' && !ended) || ways[after.type ?? '']?.[from]?.includes(to);
  if (!may) return aborted('Change Model: Check State Transition');
  if (to === '3' && (!closeCodes.includes(after.close_code ?? '') || !after.close_notes))
    return aborted('Close code and notes are mandatory');
  return lasts(after) < 0 ? aborted('Planned Start/End Date validation') : undefined;
}

/** How long it is planned to take, in milliseconds; 0 where that is not said. */
function lasts({ start_date, end_date }: Record<string, string>): number {
  if (!start_date || !end_date) return 0;
  return Date.parse(`${end_date}Z`) - Date.parse(`${start_date}Z`);
}

/** Journal fields are added to, the newest first. */
function noted(before: string, note: string): string {
  return [note, before].filter((one) => one !== '').join('\n\n');
}

function shown({ params }: Request, record: ChangeRow): Record<string, string> {
  const wanted = params.get('sysparm_fields')?.split(',');
  if (!wanted) return record;
  return Object.fromEntries(wanted.map((column) => [column, record[column] ?? '']));
}

const bodyShape = z.record(z.string(), z.coerce.string());

function fieldsOf(body: string): Record<string, string> | undefined {
  try {
    return bodyShape.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

async function pageOf({ params }: Request, { changes }: ServiceNow): Promise<Answer> {
  const id = /sys_id=([0-9a-f]{32})/.exec(params.get('uri') ?? '')?.[1];
  const found = id ? (await changes.with('sys_id', id))[0] : undefined;
  if (!found) return text(404, 'Record not found\n');
  const lines = Object.entries(found.record).map(([column, value]) => `${column}: ${value}`);
  return text(200, `Change request ${found.record.number}\n\n${lines.join('\n')}\n`);
}

function aborted(rule: string): Answer {
  const detail = `Operation against file 'change_request' was aborted by Business Rule '${rule}^${createHash('md5').update(rule).digest('hex')}'. Business Rule Stack:${rule}`;
  return failure(403, 'Operation Failed', detail);
}

function unreadable(): Answer {
  return failure(400, 'Exception while reading request', 'The payload is not valid JSON.');
}

function failure(
  status: number,
  message: string,
  detail: string | null = null,
  headers: Record<string, string> = {},
): Answer {
  return json(status, { error: { message, detail }, status: 'failure' }, headers);
}

function time(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}
