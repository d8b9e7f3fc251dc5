// Jira Cloud, read: issues, what they can become, and what was said on them.
// Not where they are written: that is write.ts. Nor what a change record says, which the room records/ knows.
import { z } from 'zod';
import { type Access, ask, parseJson } from '../http.ts';

export interface Issue {
  id: string;
  /** `OPS-12` */
  key: string;
}

/** A way on for an issue, by its own name and that of the status it leads to. */
export interface Transition {
  id: string;
  name: string;
  to: string;
}

export interface Jira {
  /**
   * The oldest issue of a project with this label. Jira's search knows a new issue only some seconds later.
   */
  issueWith(project: string, label: string): Promise<Issue | undefined>;
  /** The name of its status. */
  statusOf(key: string): Promise<string>;
  transitionsOf(key: string): Promise<Transition[]>;
  /** Whether one of its newest 100 comments holds these words. */
  isSaid(key: string, words: string): Promise<boolean>;
}

const issueShape = z.object({ id: z.string(), key: z.string().regex(/^[A-Z][A-Z0-9_]*-\d+$/) });
const found = z.object({ issues: z.array(issueShape) });
export const created = issueShape;
const statusShape = z.object({ fields: z.object({ status: z.object({ name: z.string() }) }) });
const transitionsShape = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string(), to: z.object({ name: z.string() }) })),
});
const commentsShape = z.object({ comments: z.array(z.object({ body: z.json() })) });

export const issuePath = '/rest/api/3/issue';

/** A client of the Jira at `access`. Its methods throw `SystemFailed`; an issue that is not there is a 404. */
export function openJira(access: Access): Jira {
  const read = <T>(path: string, query: Record<string, string | number>, shape: z.ZodType<T>) =>
    ask('Jira', access, { path, query, explain }, shape);
  return {
    async issueWith(project, label) {
      const jql = `project = "${project}" AND labels = "${label}" ORDER BY created ASC`;
      const query = { jql, fields: 'status', maxResults: 1 };
      return (await read('/rest/api/3/search/jql', query, found)).issues[0];
    },
    async statusOf(key) {
      return (await read(`${issuePath}/${key}`, { fields: 'status' }, statusShape)).fields.status.name;
    },
    async transitionsOf(key) {
      const { transitions } = await read(`${issuePath}/${key}/transitions`, {}, transitionsShape);
      return transitions.map(({ id, name, to }) => ({ id, name, to: to.name }));
    },
    async isSaid(key, words) {
      const query = { orderBy: '-created', maxResults: 100 };
      const { comments } = await read(`${issuePath}/${key}/comment`, query, commentsShape);
      return comments.some(({ body }) => JSON.stringify(body).includes(words));
    },
  };
}

const failure = z.object({
  errorMessages: z.array(z.string()).default([]),
  errors: z.record(z.string(), z.string()).default({}),
});

/** What Jira itself says went wrong. */
export function explain(body: string): string | undefined {
  const { data } = failure.safeParse(parseJson(body));
  const fields = Object.entries(data?.errors ?? {}).map(([field, says]) => `${field}: ${says}`);
  return [...(data?.errorMessages ?? []), ...fields].join(' ') || undefined;
}
