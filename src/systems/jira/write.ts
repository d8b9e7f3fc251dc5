// Jira Cloud, write: making an issue, moving it on, commenting on it. For the change records of the gateway alone.
// Not what is said or which status comes next: that is the room records/.
import { type Access, ask, askText } from '../http.ts';
import { created, explain, type Issue, issuePath } from './read.ts';

export interface NewIssue {
  project: string;
  issueType: string;
  /** One line, at most 255 characters. */
  summary: string;
  /** A paragraph each. */
  description: string[];
  labels: string[];
  /** More fields as Jira names them, such as `customfield_10010`. */
  fields: Record<string, unknown>;
}

export interface JiraWriter {
  /** Makes an issue. Called twice it makes two: look for its label before. */
  createIssue(issue: NewIssue): Promise<Issue>;
  /** Says something on an issue, a paragraph each. Called twice it is said twice. */
  comment(key: string, paragraphs: string[]): Promise<void>;
  /** Takes one of the ways on that the issue has now. */
  transition(key: string, id: string): Promise<void>;
}

/** A writer on the Jira at `access`. Its methods throw `SystemFailed`. */
export function openJiraWriter(access: Access): JiraWriter {
  const post = (path: string, body: unknown) => ({ method: 'POST' as const, path, body, explain });
  return {
    createIssue({ project, issueType, summary, description, labels, fields }) {
      const body = {
        fields: {
          ...fields,
          project: { key: project },
          issuetype: { name: issueType },
          summary,
          description: asDocument(description),
          labels,
        },
      };
      return ask('Jira', access, post(issuePath, body), created);
    },
    async comment(key, paragraphs) {
      await askText('Jira', access, post(`${issuePath}/${key}/comment`, { body: asDocument(paragraphs) }));
    },
    async transition(key, id) {
      await askText('Jira', access, post(`${issuePath}/${key}/transitions`, { transition: { id } }));
    },
  };
}

/** Plain text in Atlassian's document format, which takes no empty text. */
function asDocument(paragraphs: string[]) {
  const content = paragraphs
    .filter((text) => text !== '')
    .map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] }));
  return { type: 'doc', version: 1, content };
}
