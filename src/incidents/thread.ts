import type { Action } from '../actions/action.ts';
import type { Block, Byline, Card, Text } from '../chat/card.ts';
import { duration } from '../monitoring/duration.ts';
import { brief } from '../monitoring/reading.ts';
import { recordLine } from '../records/card.ts';
import type { Reference } from '../records/read.ts';
import { asking, unansweredCard } from './asking-card.ts';
import { mentions, type Told } from './card.ts';
import { arguedCard, hypothesis, plain, steering } from './diagnosis-card.ts';
import { evidenceBlocks } from './evidence/blocks.ts';
import { isOpen, type Logged, type Measured } from './incident.ts';
import { postMortemCard } from './post-mortem/card.ts';
import { steeredCard } from './steering-card.ts';
import {
  byHandBlocks,
  byHandCard,
  checklistCard,
  expectedBlocks,
  givenCard,
  rowFor,
  stoppedCard,
} from './steps/cards.ts';
import { trackRecord } from './sure.ts';

/** One post of the incident's thread, by a part name that never changes. */
export interface Post {
  part: string;
  card: Card;
}

/** The thread as the log, what was done alone and what was asked tell it, oldest first. */
export function threadOf(told: Told, actions: Action[], asked: (Post & { at: Date })[]): Post[] {
  const cameTrue = told.entries.findIndex(({ kind }) => kind === 'came-true');
  const came = told.incident.kind === 'prediction' ? told.entries.length : cameTrue;
  const posts = told.entries.map((entry, place): Post & { at: Date } => {
    return { part: `${place}-${entry.kind}`, card: cardOf(told, entry, actions, place < came), at: entry.at };
  });
  const deeds = actions.flatMap((action) =>
    action.autonomous && action.startedAt ? [{ ...deed(told, action), at: action.startedAt }] : [],
  );
  return [...posts, ...deeds, ...asked]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ part, card }) => ({ part, card }));
}

/** `ahead` is what was posted while nothing was broken. */
function cardOf(incidents: Told, entry: Logged, actions: Action[], ahead: boolean): Card {
  const told = { ...incidents, by: incidents.byOf(entry.worker) };
  const { by, incident } = told;
  switch (entry.kind) {
    case 'evidence':
      return plain(by, 'neutral', 'What I found', [
        ...evidenceBlocks(entry.facts.evidence),
        ...handedBlock(entry.facts),
      ]);
    case 'diagnosis':
      if (entry.facts.argued) return arguedCard(told, entry.facts, entry.facts.argued);
      return plain(by, 'neutral', ahead ? 'What is foretold' : 'What I think', [
        ...entry.facts.hypotheses.map(hypothesis),
        { kind: 'text', text: entry.facts.plan },
        ...(ahead
          ? []
          : [
              {
                kind: 'context' as const,
                text: [
                  trackRecord(entry.facts.hypotheses),
                  'By rule, no model.',
                  steering(entry.facts.hypotheses.length),
                ]
                  .filter(Boolean)
                  .join(' '),
              },
            ]),
        ...handedBlock(entry.facts),
        ...elsewhereBlock(told, entry, ahead),
      ]);
    case 'unargued':
      return plain(by, 'neutral', 'No second opinion', [
        { kind: 'text', text: `${entry.facts.because} What I think stays as the rules found it.` },
      ]);
    case 'routed':
      return routedCard(by, entry.facts);
    case 'step':
      return plain(by, 'neutral', `Step ${entry.facts.step + 1} done: ${entry.facts.what}`, [
        ...measuredBlocks(entry.facts.metrics),
        ...expectedBlocks(rowFor(told, entry.facts)),
        {
          kind: 'context',
          text: `Read right after the step; ${ahead ? 'it must no longer be foretold' : 'all must stay usual'} for ${windowOf(told)}.`,
        },
        ...recordLine(recordsOfStep(told, actions, entry.facts.step)),
      ]);
    case 'stopped':
      return stoppedCard(told, entry.facts);
    case 'checklist':
      return checklistCard(told, entry.facts, entry.at);
    case 'by-hand':
      return byHandCard(told, entry.facts);
    case 'given':
      return givenCard(told, entry.facts);
    case 'escalated': {
      const card = asking(told, 'critical', `${incident.id} needs a person`, entry.facts);
      return { ...card, blocks: [...card.blocks, ...byHandBlocks(told, entry)] };
    }
    case 'watched':
      return plain(by, 'warning', 'I do nothing more about it', [
        { kind: 'text', text: `${entry.facts.because} I watch whether it comes.` },
      ]);
    case 'came-true':
      return asking(told, 'critical', 'Something broke here', { because: cameTrueLine(entry.facts) });
    case 'unanswered':
      return unansweredCard(told, entry.facts);
    case 'declared':
    case 'resolved':
    case 'severity':
    case 'reopened':
    case 'merged':
    case 'took-in':
    case 'split-off':
    case 'split':
    case 'taken':
    case 'handed-back':
    case 'false-alarm':
    case 'paused':
    case 'resumed':
    case 'skipped':
    case 'wrong-cause':
    case 'chosen':
    case 'redirected':
      return steeredCard(told, entry);
    case 'unmended':
      return plain(by, 'critical', 'It did not help', [
        {
          kind: 'text',
          text: `After the runbook, ${entry.facts.because} I roll back what can be rolled back.`,
        },
        ...measuredBlocks(entry.facts.metrics),
      ]);
    case 'undone':
      return plain(by, 'warning', 'What is undone', [
        { kind: 'text', text: entry.facts.lines.join('\n') || 'Nothing was done that could be undone.' },
      ]);
    case 'verified':
      return plain(
        by,
        'good',
        ahead ? 'No longer foretold' : `Verified mended after ${entry.facts.seconds} s`,
        measuredBlocks(entry.facts.metrics),
      );
    case 'post-mortem':
      if (told.postMortem) return postMortemCard(told.postMortem, by, told.now ?? entry.at);
      return plain(
        by,
        'neutral',
        `Post-mortem of ${incident.id}`,
        entry.facts.lines.map((text) => ({ kind: 'text', text })),
      );
  }
}

/** What was foretold and how long before. */
function cameTrueLine({ seconds, foretold }: Extract<Logged, { kind: 'came-true' }>['facts']): string {
  const what = foretold ? `: ${foretold.says}` : '';
  return `It was foretold ${duration(seconds)} ago${what}. This may be it: it is an incident from here on, and I look into it as into any.`;
}

/** Below what was found last: who knows better sends the workers elsewhere. */
function elsewhereBlock({ incident, entries }: Told, entry: Logged, ahead: boolean): Block[] {
  const isLast = entry === entries.findLast((one) => one.kind === 'diagnosis' && !one.facts.argued);
  if (ahead || !isLast || !isOpen(incident) || ['taken', 'verified'].includes(incident.status)) return [];
  const intent = { do: 'redirect' as const, incident: incident.id };
  return [{ kind: 'buttons', buttons: [{ label: 'Look elsewhere', intent }] }];
}

/** From whom to whom, small, at the end of what was handed over. */
function handedBlock({ handed }: { handed?: string }): Block[] {
  return handed ? [{ kind: 'context', text: handed }] : [];
}

/** One line, with what is at stake small below it and who is told because of that. */
function routedCard(
  by: Byline,
  { handed, stakes, tell }: Extract<Logged, { kind: 'routed' }>['facts'],
): Card {
  const told = tell.length > 0 ? [...mentions(tell), ' for your information. '] : [];
  const card = plain(by, 'neutral', handed, [{ kind: 'context', text: [...told, stakes] }]);
  return { ...card, fallback: [...told, handed] };
}

/** What the worker did alone, with what came of it; somebody is told by name when policy says to notify. */
function deed(told: Told, action: Action): Post {
  const { question, status, decision } = action;
  const ended = status === 'running' ? 'Running…' : status === 'done' ? 'Done.' : `It ended as ${status}.`;
  const notified = decision.kind === 'notify' ? [...mentions(told.asks), ' for your information. '] : [];
  const blocks: Block[] = [
    { kind: 'text', text: [...notified, { bold: 'Why: ' }, question.why] },
    { kind: 'text', text: ended },
    ...(action.output && status !== 'running' ? [{ kind: 'quote' as const, text: action.output }] : []),
    {
      kind: 'context',
      text: `Done alone under ${action.charter}, policy ${action.policy}: ${decision.because.join(' ')}`,
    },
    ...recordLine(told.recordsOf?.(action.id) ?? []),
  ];
  const card = plain(told.byOf(action.worker), 'neutral', question.what, blocks);
  return { part: action.id, card: { ...card, fallback: [...notified, question.what] } };
}

/** Of what was done for a step that a person approved; what was done alone names its own. */
function recordsOfStep({ recordsOf }: Told, actions: Action[], step: number): Reference[] {
  const done = actions.findLast((one) => one.step === step && one.status === 'done');
  return (done && !done.autonomous && recordsOf?.(done.id)) || [];
}

/** How long the metrics must stay usual, as on the card. */
function windowOf({ verifyMs }: Pick<Told, 'verifyMs'>): string {
  return verifyMs < 120_000 ? `${Math.round(verifyMs / 1_000)} s` : `${Math.round(verifyMs / 60_000)} min`;
}

function measuredBlocks(metrics: Measured[]): Block[] {
  const fields = metrics.slice(0, 10).map(({ says, subject, value, usual, z }): [string, Text] => {
    return [`${says} ${subject}`, `${brief(value)} (usually ${brief(usual)}, ${z.toFixed(1)} σ)`];
  });
  return fields.length > 0 ? [{ kind: 'fields', fields }] : [{ kind: 'text', text: 'No metric answered.' }];
}
