import { severityOf, textOf, timeOf } from './plain.ts';
import type { Row } from './rows.ts';

/** An issue of Jira's search, version 2 (texts) or 3 (documents). Pure. */
export function jiraRow({ key, fields }: Row): object {
  const of = (typeof fields === 'object' && fields !== null ? fields : {}) as Row;
  const [component] = Array.isArray(of.components) ? of.components : [];
  const labels = Array.isArray(of.labels) ? of.labels.filter((one) => typeof one === 'string') : [];
  const said = (prefix: string) => labels.find((one) => one.startsWith(prefix))?.slice(prefix.length);
  return {
    source: 'jira',
    key: textOf(key),
    title: textOf(of.summary),
    symptoms: plainText(of.description),
    rootCause: '',
    resolution: textOf(of.resolution),
    // What Jira has no field for may be said by labels such as kind:full-disk and server:db-01.
    kind: said('kind:'),
    service: textOf(component) ?? said('service:'),
    server: said('server:'),
    severity: severityOf(of.priority),
    openedAt: timeOf(of.created),
    endedAt: timeOf(of.resolutiondate),
  };
}

/** The words of a text, or of an Atlassian document. */
function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { text, content, type } = value as { text?: unknown; content?: unknown; type?: unknown };
  if (typeof text === 'string') return text;
  if (type === 'hardBreak') return '\n';
  const parts = Array.isArray(content) ? content.map((one) => plainText(one) ?? '') : [];
  return parts.join(type === 'paragraph' || type === 'heading' ? '' : '\n');
}
