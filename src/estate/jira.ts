import { z } from 'zod';
import type { Changes, Kept } from './changes.ts';
import { type Answer, json, type Request, text } from './http.ts';

/** An issue of the change project. */
export interface ChangeIssue {
  id: string;
  key: string;
  summary: string;
  description: unknown;
  labels: string[];
  status: string;
  comments: { id: string; body: unknown; created: string }[];
}

interface Jira {
  changes: Changes<ChangeIssue>;
  email: string;
  token: string;
}

export const project = 'OPS';
const issueType = 'Change';

/** The ways on from each status, by their ids. */
const ways: Record<string, { id: string; name: string; to: string }[]> = {
  Review: [
    { id: '11', name: 'Approve', to: 'Awaiting implementation' },
    { id: '41', name: 'Cancel', to: 'Canceled' },
  ],
  'Awaiting implementation': [
    { id: '21', name: 'Implement', to: 'Implementing' },
    { id: '41', name: 'Cancel', to: 'Canceled' },
  ],
  Implementing: [
    { id: '31', name: 'Complete', to: 'Completed' },
    { id: '32', name: 'Fail', to: 'Failed' },
    { id: '41', name: 'Cancel', to: 'Canceled' },
  ],
};

const search = '/rest/api/3/search/jql';
const place = /^\/rest\/api\/3\/issue(?:\/([A-Z]+-(\d+))(?:\/(transitions|comment))?)?$/;

/** The company's Jira: issues of its change project, what they can become and what was said on them, and a page of plain text for each. Basic authentication with an e-mail address and a token. */
export async function answerJira(request: Request, jira: Jira, now: Date): Promise<Answer> {
  if (request.path.startsWith('/browse/')) return pageOf(request, jira);
  const known = `Basic ${Buffer.from(`${jira.email}:${jira.token}`).toString('base64')}`;
  if (request.authorization !== known)
    return text(401, 'Client must be authenticated to access this resource.');
  if (request.path === search) return request.method === 'GET' ? searched(request, jira) : wrongMethod();
  const [matched, key, nth, part] = place.exec(request.path) ?? [];
  if (!matched) return text(404, '');
  if (!key) return request.method === 'POST' ? create(request, jira, now) : wrongMethod();
  const found = key.startsWith(`${project}-`) ? await jira.changes.byNth(Number(nth)) : undefined;
  if (!found) return failure(404, ['Issue does not exist or you do not have permission to see it.']);
  if (part === 'transitions') return transitions(request, jira, found);
  if (part === 'comment') return comments(request, jira, found, now);
  return request.method === 'GET' ? json(200, issueOf(found.record)) : wrongMethod();
}

/** The searches that are known here: a project and a label. */
async function searched({ params }: Request, { changes }: Jira): Promise<Answer> {
  const jql = params.get('jql') ?? '';
  const [, asked, label] =
    /^project = "([A-Z]+)" AND labels = "([^"\s]+)"(?: ORDER BY created ASC)?$/.exec(jql) ?? [];
  if (!asked) return failure(400, [`Error in the JQL Query: ${jql || 'it is empty'}`]);
  if (asked !== project)
    return failure(400, [`The value '${asked}' does not exist for the field 'project'.`]);
  const found = await changes.with('labels', label);
  const most = Number(params.get('maxResults') ?? 50);
  return json(200, {
    issues: found.slice(0, most).map(({ record }) => issueOf(record)),
    isLast: found.length <= most,
  });
}

const document = z.looseObject({
  type: z.literal('doc'),
  version: z.literal(1),
  content: z.array(z.json()).min(1),
});
const newShape = z.object({
  fields: z.looseObject({
    project: z.object({ key: z.string() }),
    issuetype: z.object({ name: z.string() }),
    summary: z.string(),
    description: document.optional(),
    labels: z.array(z.string()).default([]),
  }),
});

async function create({ body }: Request, { changes }: Jira, now: Date): Promise<Answer> {
  const { data } = newShape.safeParse(parsed(body));
  if (!data) return failure(400, ['There was an error parsing JSON. Check that your request body is valid.']);
  const { project: where, issuetype, summary, description = null, labels } = data.fields;
  if (where.key !== project) return failure(400, [], { project: 'valid project is required' });
  if (issuetype.name !== issueType) return failure(400, [], { issuetype: 'Specify a valid issue type' });
  if (summary === '' || summary.length > 255 || summary.includes('\n'))
    return failure(400, [], {
      summary: 'The summary is invalid because it contains newline characters, is empty or too long.',
    });
  if (labels.some((label) => /\s/.test(label)))
    return failure(400, [], { labels: 'The label contains spaces which is invalid.' });
  const { record } = await changes.add(
    (nth) => ({
      ...{ id: String(10_000 + nth), key: `${project}-${nth}`, summary, description, labels },
      status: 'Review',
      comments: [],
    }),
    now,
  );
  return json(201, { id: record.id, key: record.key, self: `/rest/api/3/issue/${record.id}` });
}

const transitionShape = z.object({ transition: z.object({ id: z.string() }) });

async function transitions(
  request: Request,
  { changes }: Jira,
  { nth, record }: Kept<ChangeIssue>,
): Promise<Answer> {
  const offered = ways[record.status] ?? [];
  if (request.method === 'GET') {
    const rows = offered.map(({ id, name, to }) => ({ id, name, to: { name: to } }));
    return json(200, { expand: 'transitions', transitions: rows });
  }
  if (request.method !== 'POST') return wrongMethod();
  const id = transitionShape.safeParse(parsed(request.body)).data?.transition.id;
  const way = offered.find((one) => one.id === id);
  if (!way)
    return failure(400, [
      `It seems that you have tried to perform a workflow operation (${id}) that is not valid for the current state of this issue.`,
    ]);
  await changes.save(nth, { ...record, status: way.to });
  return nothing();
}

const commentShape = z.object({ body: document });

async function comments(
  request: Request,
  { changes }: Jira,
  { nth, record }: Kept<ChangeIssue>,
  now: Date,
): Promise<Answer> {
  if (request.method === 'GET') {
    const newest =
      request.params.get('orderBy') === '-created' ? record.comments.toReversed() : record.comments;
    const most = Number(request.params.get('maxResults') ?? 100);
    return json(200, { startAt: 0, maxResults: most, total: newest.length, comments: newest.slice(0, most) });
  }
  if (request.method !== 'POST') return wrongMethod();
  const { data } = commentShape.safeParse(parsed(request.body));
  if (!data) return failure(400, [], { comment: 'Comment body is not valid!' });
  const comment = {
    id: String(nth * 1_000 + record.comments.length),
    body: data.body,
    created: now.toISOString(),
  };
  await changes.save(nth, { ...record, comments: [...record.comments, comment] });
  return json(201, comment);
}

async function pageOf({ path }: Request, { changes }: Jira): Promise<Answer> {
  const nth = Number(/-(\d+)$/.exec(path)?.[1]);
  const found = Number.isInteger(nth) ? await changes.byNth(nth) : undefined;
  if (!found) return text(404, 'Issue not found\n');
  const { key, summary, status, description, comments: said } = found.record;
  const parts = [
    `${key}: ${summary}`,
    `Status: ${status}`,
    wordsIn(description),
    ...said.map(({ body }) => wordsIn(body)),
  ];
  return text(200, `${parts.join('\n\n')}\n`);
}

/** The texts of a document, a line each. */
function wordsIn(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  if ('text' in body && typeof body.text === 'string') return body.text;
  const { content = [] } = body as { content?: unknown[] };
  return content.map(wordsIn).join('\n');
}

function issueOf({ id, key, summary, status, labels }: ChangeIssue) {
  return { id, key, self: `/rest/api/3/issue/${id}`, fields: { summary, status: { name: status }, labels } };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function failure(status: number, errorMessages: string[], errors: Record<string, string> = {}): Answer {
  return json(status, { errorMessages, errors });
}

function nothing(): Answer {
  return { status: 204, body: '', type: 'application/json' };
}

function wrongMethod(): Answer {
  return failure(405, ['Method Not Allowed']);
}
