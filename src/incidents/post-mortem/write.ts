import { duration } from '../../monitoring/duration.ts';
import { foundIn } from '../found.ts';
import type { Evidence } from '../incident.ts';
import { impactOf } from './impact.ts';
import { changesOf, failedOf, workedOf } from './lessons.ts';
import type { Piece, Words, Written } from './post-mortem.ts';
import { mendedAt, notRead, type Recorded, ran } from './recorded.ts';
import { timelineOf, timesOf } from './timeline.ts';

/** Writes a post-mortem from recorded rows alone, with the words that people may change. Pure. */
export function write(recorded: Recorded): { written: Written } & Words {
  const { incident, entries, service, seen } = recorded;
  const { evidence } = foundIn(entries);
  const until = mendedAt(recorded);
  const written: Written = {
    incident: incident.id,
    title: `${service?.name ?? incident.service}: ${incident.cause?.says ?? 'cause not found'}`,
    severity: incident.severity,
    service: { id: incident.service, name: service?.name ?? incident.service },
    times: timesOf(recorded),
    timeline: timelineOf(recorded),
    cause: causeOf(recorded),
    notChecked: [
      ...evidence.filter(({ read }) => !read).map(notRead),
      ...entries.flatMap((one) => (one.kind === 'unargued' ? [`Second opinion: ${one.facts.because}`] : [])),
    ],
    impact: impactOf({ service, from: incident.openedAt, until, failing: seen.failing }),
    worked: workedOf(recorded),
    failed: failedOf(recorded),
  };
  return { written, summary: summaryOf(recorded), change: changesOf(recorded).join('\n') };
}

function causeOf({ incident: { cause }, entries }: Recorded): Written['cause'] {
  if (!cause) return null;
  const { evidence, hypotheses } = foundIn(entries);
  // The newest diagnosis may have left it out; a person chose it from an older one then.
  const all = entries.flatMap((one) => (one.kind === 'diagnosis' ? one.facts.hypotheses : []));
  const mine = all.findLast(({ says }) => says === cause.says);
  const { kind, says, confidence } = cause;
  return {
    ...{ kind, says, confidence },
    for: pieces(mine?.for ?? [], evidence),
    against: pieces(mine?.against ?? [], evidence),
    others: hypotheses
      .filter((one) => one.says !== says)
      .map((one) => ({ says: one.says, confidence: one.confidence })),
  };
}

function pieces(ids: string[], evidence: Evidence[]): Piece[] {
  return ids.map((id) => {
    const one = evidence.find((each) => each.id === id);
    return one
      ? { id, source: one.source, found: one.found }
      : { id, source: 'not kept', found: 'What it said is not in the record.' };
  });
}

/** What happened, in three sentences at most. */
function summaryOf(recorded: Recorded): string {
  const { incident, service, actions } = recorded;
  const until = mendedAt(recorded);
  const name = service?.name ?? incident.service;
  const long = until ? ` for ${duration((until.getTime() - incident.openedAt.getTime()) / 1_000)}` : '';
  const { cause } = incident;
  const helped = actions.filter(
    (one) => ran(one) && one.status === 'done' && !one.undoes && one.health === 'better',
  );
  return [
    `${name} was not as usual${long}.`,
    cause
      ? `Cause: ${cause.says} (${Math.floor(cause.confidence * 100)} % sure).`
      : 'The workers did not find the cause.',
    helped.length > 0
      ? `What mended it: ${helped.map(({ question }) => question.what).join(', ')}.`
      : 'No step of the workers is known to have mended it.',
  ].join(' ');
}
