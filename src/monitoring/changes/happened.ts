import type { Deployment } from '../../systems/loki/deployed.ts';
import type { Change } from './change.ts';

/** A change that was told to Roster or stands in the log of deployments. */
export type Happened = Omit<Change, 'by'> & {
  by: string | undefined;
  /** The version that ran before, where that is known. */
  replacing: string | undefined;
};

/** Two tellings of one deployment are not further apart. */
const apartMs = 15 * 60_000;

/** Changes that were told and deployments that were logged, each once, newest first. Pure. */
export function happened(told: Change[], logged: Deployment[]): Happened[] {
  const once = [...new Map(told.map((one) => [keyOf(one), one])).values()];
  const ended = once.filter(({ outcome }) => outcome !== 'begun');
  const known = once.filter((one) => one.outcome !== 'begun' || !ended.some((other) => isSame(one, other)));
  const more = logged
    .map(fromLog)
    .filter(
      (one) =>
        !once.some((other) => isSame(one, other) && other.services.some((id) => one.services.includes(id))),
    );
  const replaced = (one: Change) => logged.map(fromLog).find((other) => isSame(one, other))?.replacing;
  return [...known.map((one): Happened => ({ ...one, replacing: replaced(one) })), ...more].sort(
    (a, b) => b.at.getTime() - a.at.getTime(),
  );
}

function keyOf({ what, outcome, subject, version, at }: Change): string {
  return JSON.stringify([what, outcome, subject, version, at.getTime()]);
}

function isSame(a: Omit<Change, 'by'>, b: Omit<Change, 'by'>): boolean {
  const touches = a.subject === b.subject || a.services.some((id) => b.services.includes(id));
  return touches && a.version === b.version && Math.abs(a.at.getTime() - b.at.getTime()) <= apartMs;
}

function fromLog({ at, service, version, replacing }: Deployment): Happened {
  const of = { subject: service, services: [service], environment: null, link: null };
  return { what: 'deployed', outcome: 'done', ...of, version, at, by: undefined, replacing };
}

/** A change as a sentence: what, and by whom. */
export function changeLine(one: Happened): string {
  const { what, outcome, subject, version, replacing, environment, by } = one;
  const verbs = { done: `was ${what}`, begun: `is being ${what}`, failed: `was not ${what}, it failed` };
  const from = replacing ? ` (was ${brief(replacing)})` : '';
  const parts = [
    `${brief(subject)} ${verbs[outcome]}`,
    version ? `: ${brief(version)}${from}` : '',
    environment ? ` in ${brief(environment)}` : '',
    by ? `, by ${brief(by)}` : '',
  ];
  return parts.join('');
}

/** What others say is not as long as they like. */
function brief(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
