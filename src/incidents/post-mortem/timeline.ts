import type { Action } from '../../actions/action.ts';
import type { Approval } from '../../approvals/approval.ts';
import { duration } from '../../monitoring/duration.ts';
import type { Signal } from '../../monitoring/signal.ts';
import { broken } from '../foretold.ts';
import type { Logged } from '../incident.ts';
import { whither } from '../redirect.ts';
import type { Happened, Written } from './post-mortem.ts';
import { mendedAt, type Recorded, ran } from './recorded.ts';

/** What happened, in the order in which it did: signals, the log, deeds and answers, each with who it was. Pure. */
export function timelineOf(recorded: Recorded): Happened[] {
  const { incident, signals, entries, actions, approvals, says } = recorded;
  const opened: Happened = {
    at: incident.openedAt.toISOString(),
    who: { roster: 'monitoring' },
    what: `${incident.id} opened, SEV${incident.severity}`,
  };
  return [
    ...signals.map((one) => signalled(one, says)),
    opened,
    ...entries.flatMap((entry) => logged(entry)),
    ...approvals.flatMap(asked),
    ...actions.flatMap(deed),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** When the steps from noticing to mended were. Pure. */
export function timesOf(recorded: Omit<Recorded, 'seen'>): Written['times'] {
  const { incident, entries, signals, actions } = recorded;
  const first = (times: (Date | null | undefined)[]) => {
    const known = times.filter((one) => one instanceof Date).toSorted((a, b) => a.getTime() - b.getTime());
    return known[0]?.toISOString() ?? null;
  };
  const verified = entries.find(({ kind }) => kind === 'verified')?.at;
  const mended = mendedAt(recorded);
  return {
    signal: first(broken(signals).map(({ raisedAt }) => raisedAt)),
    detected: incident.openedAt.toISOString(),
    causeNamed: first(entries.map((entry) => (names(entry, incident.cause?.says) ? entry.at : null))),
    firstChange: first(actions.filter(({ undoes }) => !undoes).map(({ startedAt }) => startedAt)),
    mitigated: mended && mended !== verified ? mended.toISOString() : null,
    verified: verified?.toISOString() ?? null,
  };
}

/** Whether the cause that held in the end was the likeliest here for the first time, or chosen. */
function names(entry: Logged, says: string | undefined): boolean {
  if (says === undefined) return false;
  if (entry.kind === 'chosen') return entry.facts.says === says;
  return entry.kind === 'diagnosis' && entry.facts.hypotheses[0]?.says === says;
}

function signalled({ kind, metric, server, service, z, raisedAt }: Signal, says: Recorded['says']): Happened {
  const where = server ?? service;
  const what =
    kind === 'alert'
      ? `Alert ${metric} of ${where}`
      : `${capital(says(metric))} of ${where}: ${z.toFixed(1)} σ from usual`;
  return { at: raisedAt.toISOString(), who: { roster: 'monitoring' }, what };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** One line of the log; none for what its own row tells better. */
function logged(entry: Logged): Happened[] {
  const what = told(entry);
  if (what === undefined) return [];
  const person = 'person' in entry.facts && entry.facts.person;
  const who = person ? { person } : entry.worker ? { worker: entry.worker } : { roster: 'log' };
  return [{ at: entry.at.toISOString(), who, what }];
}

function told(entry: Logged): string | undefined {
  switch (entry.kind) {
    case 'evidence':
      return `Evidence gathered: ${entry.facts.evidence.filter(({ read }) => read).length} of ${entry.facts.evidence.length} sources read`;
    case 'diagnosis':
      return diagnosed(entry.facts);
    case 'unargued':
      return `No second opinion: ${entry.facts.because}`;
    case 'routed':
      return entry.facts.handed;
    case 'escalated':
      return `Escalated: ${entry.facts.because}`;
    case 'came-true':
      return `What was foretold ${duration(entry.facts.seconds)} before has come`;
    case 'taken':
      return 'Taken over';
    case 'handed-back':
      return 'Handed back to the workers';
    case 'paused':
      return 'Paused';
    case 'resumed':
      return 'Resumed';
    case 'skipped':
      return `Step ${entry.facts.step + 1} skipped: ${entry.facts.what}`;
    case 'chosen':
      return `Another cause chosen: ${entry.facts.says}`;
    case 'redirected':
      return `Sent elsewhere: ${whither(entry.facts)}`;
    case 'wrong-cause':
      return `Cause called wrong: ${entry.facts.why}`;
    case 'unmended':
      return `It did not help: ${entry.facts.because}`;
    case 'undone':
      return 'What could be undone is rolled back';
    case 'verified':
      return 'Verified: all metrics back at baseline';
    case 'declared':
      return `Declared by hand: ${entry.facts.what}`;
    case 'resolved':
      return 'Called over: no metric was off';
    case 'severity':
      return `Severity set from SEV${entry.facts.from} to SEV${entry.facts.to}`;
    case 'reopened':
      return `Opened again: ${entry.facts.why}`;
    case 'merged':
      return `Merged into ${entry.facts.into}`;
    case 'took-in':
      return `Took in ${entry.facts.from}`;
    case 'split-off':
      return `What is of ${entry.facts.where} left for ${entry.facts.to}`;
    case 'split':
      return `Split off from ${entry.facts.from}, for ${entry.facts.where}`;
    case 'stopped':
      return `The runbook stopped at "${entry.facts.what}": expected ${entry.facts.expected}, seen ${entry.facts.seen}`;
    case 'checklist':
      return 'Gone through by hand from here on';
    case 'by-hand':
      return `Step ${entry.facts.step + 1} done by hand: ${entry.facts.what}`;
    case 'given':
      return `Given to a worker: ${entry.facts.rest ? 'the rest of the runbook' : entry.facts.what}`;
    case 'unanswered':
      return entry.facts.person
        ? 'Nobody answered: the next is asked'
        : 'Nobody answered, and nobody is left to ask';
    // Deeds and signals tell of these themselves, and a false alarm has no post-mortem.
    case 'step':
    case 'watched':
    case 'false-alarm':
    case 'post-mortem':
      return undefined;
  }
}

function diagnosed({
  hypotheses: [likeliest],
  argued,
}: Extract<Logged, { kind: 'diagnosis' }>['facts']): string {
  const by = argued ? `argued with ${argued.model}` : 'by rule';
  if (!likeliest) return `No known cause fits, ${by}`;
  return `Likeliest cause: ${likeliest.says} (${Math.floor(likeliest.confidence * 100)} %, ${by})`;
}

/** What somebody was asked, and each answer. */
function asked({ question, askedAt, worker, answers, status, expiresAt }: Approval): Happened[] {
  return [
    { at: askedAt.toISOString(), who: { worker }, what: `Asked for: ${question.what}` },
    ...answers.map(({ person, answer, reason, at }): Happened => {
      const what = `${answer === 'approve' ? 'Approved' : 'Rejected'}: ${question.what}${reason ? ` ("${reason}")` : ''}`;
      return { at: at.toISOString(), who: { person }, what };
    }),
    ...(status === 'lapsed'
      ? [
          {
            at: expiresAt.toISOString(),
            who: { roster: 'approvals' },
            what: `Nobody answered: ${question.what}`,
          },
        ]
      : []),
  ];
}

function deed(action: Action): Happened[] {
  const { worker, question, status, startedAt, endedAt, proposedAt, undoes, autonomous } = action;
  const what = `${undoes ? 'Roll-back: ' : ''}${question.what}`;
  if (!startedAt || !ran(action))
    return [
      { at: (endedAt ?? proposedAt).toISOString(), who: { worker }, what: `${what}: ${status}, not run` },
    ];
  const took = endedAt ? ` after ${duration((endedAt.getTime() - startedAt.getTime()) / 1_000)}` : '';
  const how = autonomous ? 'alone, within the charter' : 'approved by a person';
  return [{ at: startedAt.toISOString(), who: { worker }, what: `${what}: ${status}${took}, ${how}` }];
}
