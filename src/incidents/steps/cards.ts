import type { Block, Button, Card, Span } from '../../chat/card.ts';
import type { Told } from '../card.ts';
import { plain } from '../diagnosis-card.ts';
import type { Happening, Incident, Logged } from '../incident.ts';
import type { Checklist, StepInWords, Stopped } from './checklist.ts';
import { expectedLine, type StepRow, seenLine } from './step.ts';

type FactsOf<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>['facts'];

/** A person did a step. */
export function byHandCard({ by }: Told, { step, what, person, words }: FactsOf<'by-hand'>): Card {
  return plain(by, 'neutral', `Step ${step + 1} done by hand: ${what}`, [
    { kind: 'text', text: ['By ', { person }, '. The metrics are read again.'] },
    ...(words ? [{ kind: 'quote' as const, text: words }] : []),
  ]);
}

/** A worker has a step, or the rest, again. */
export function givenCard({ by }: Told, { step, what, person, rest }: FactsOf<'given'>): Card {
  const title = rest ? 'Handed back' : `Step ${step + 1} is the worker's: ${what}`;
  const follows = rest ? `A worker goes on from step ${step + 1}.` : 'The rest stays by hand.';
  return plain(by, 'neutral', title, [{ kind: 'text', text: ['By ', { person }, `. ${follows}`] }]);
}

/** A step stopped its runbook: the whole picture. */
export function stoppedCard({ by }: Told, { step, what, expected, seen, output, left }: Stopped): Card {
  const rest = left.map((one, place) => `${step + 2 + place}. ${one}`).join('\n');
  return plain(by, 'critical', `Stopped at step ${step + 1}: ${what}`, [
    {
      kind: 'fields',
      fields: [
        ['Expected', expected],
        ['Seen', seen],
      ],
    },
    ...(output ? [{ kind: 'quote' as const, text: output }] : []),
    { kind: 'text', text: [{ bold: 'Left to do: ' }, rest ? `\n${rest}` : 'nothing more in this runbook.'] },
  ]);
}

/** What a step was to bring about and whether it was seen, as its row has it; nothing where none is known. */
export function expectedBlocks(row: StepRow | undefined): Block[] {
  if (!row?.expected) return [];
  return [{ kind: 'text', text: expectedText(row, row.expected) }];
}

function expectedText(row: StepRow, expected: NonNullable<StepRow['expected']>): Span[] {
  return [{ bold: 'Expected: ' }, `${expectedLine(expected)} · `, { bold: 'seen: ' }, seenLine(row)];
}

/** The runbook as a checklist: each step with what it does, wants and brings about, and buttons on the one that is next. */
export function checklistCard(told: Told, facts: Checklist, at: Date): Card {
  const open = isOpen(told, at);
  const blocks = facts.steps.flatMap((one, place) => stepBlocks(told, facts, { one, place, open }));
  const card = plain(told.by, open ? 'waiting' : 'neutral', `By hand: ${facts.title}`, [
    { kind: 'text', text: [{ person: facts.person }, ' goes through it step by step.'] },
    ...blocks,
    ...(facts.rollback ? [{ kind: 'context' as const, text: `Undone as a whole: ${facts.rollback}` }] : []),
  ]);
  const buttons = open ? buttonsOf(told, facts) : [];
  return buttons.length > 0 ? { ...card, blocks: [...card.blocks, { kind: 'buttons', buttons }] } : card;
}

/** The newest checklist is the one that is followed, for as long as it is. */
function isOpen({ entries, incident: { status, runbook } }: Told, at: Date): boolean {
  const newest = entries.findLast(({ kind }) => kind === 'checklist');
  return newest?.at.getTime() === at.getTime() && status === 'remediating' && runbook?.by !== undefined;
}

interface Placed {
  one: StepInWords;
  place: number;
  open: boolean;
}

function stepBlocks(told: Told, facts: Checklist, { one, place, open }: Placed): Block[] {
  const row = rowOf(told, facts, place);
  const next = open && told.incident.runbook?.step === place;
  const head: Span[] = [{ bold: `${place + 1}. ${one.what}` }, ` · `, ...stateOf(told.incident, row, next)];
  const wants = one.requires.length > 0 ? [`Wants: ${one.requires.join('; ')}.`] : [];
  const brings = one.effect ? `${one.expect} Looked for: ${one.effect}.` : one.expect;
  const lines = [...wants, `Expected: ${brings}`, ...(one.rollback ? [`Undone: ${one.rollback}`] : [])];
  const checks = next && row ? row.checks.map(({ says, met }) => `\n${met ? '✓' : '⚠'} ${says}`) : [];
  return [
    {
      kind: 'text',
      text: [...head, '\nPlaybook ', { code: one.tool }, ' with ', { code: one.arguments }, ...checks],
    },
    ...(row?.state === 'done' ? expectedBlocks(row) : [{ kind: 'context' as const, text: lines.join(' ') }]),
  ];
}

function stateOf({ runbook }: Incident, row: StepRow | undefined, next: boolean): Span[] {
  if (row?.state === 'done') return row.person ? ['done by ', { person: row.person }] : ['done by a worker'];
  if (row?.state === 'skipped') return row.person ? ['skipped by ', { person: row.person }] : ['skipped'];
  if (!next) return ['open'];
  if (runbook?.lent === runbook?.step) return ['next, a worker has it'];
  return [row ? 'next' : 'next: what it wants is being read'];
}

/** A step of this checklist's run, as it was gone through last; what came up for a worker and was withdrawn does not count. */
function rowOf(
  { steps = [], incident }: Told,
  { runbook, since }: Checklist,
  place: number,
): StepRow | undefined {
  const counts = ({ state, attempt }: StepRow) => state !== 'due' || attempt === incident.attempt;
  const its = steps.filter((one) => one.step === place && one.runbook === runbook && counts(one));
  return its.findLast(({ attempt }) => attempt >= since);
}

/** Four at most. */
function buttonsOf(told: Told, facts: Checklist): Button[] {
  const { incident } = told;
  const { id, attempt, runbook } = incident;
  if (!runbook) return [];
  const { step } = runbook;
  if (runbook.lent === step) return [byHandButton(incident)];
  if (rowOf(told, facts, step)?.state !== 'due') return [];
  const at = { incident: id, attempt, step };
  const back: Button = { label: 'Hand back the rest', intent: { do: 'give-rest', incident: id } };
  return [
    { label: 'Done by me', intent: { do: 'done-by-me', ...at }, style: 'primary' },
    { label: 'Let the worker do it', intent: { do: 'let-worker', ...at } },
    { label: 'Skip', intent: { do: 'skip-step', ...at } },
    ...(step < facts.steps.length - 1 ? [back] : []),
  ];
}

function byHandButton({ id }: Pick<Incident, 'id'>): Button {
  return { label: 'By hand', intent: { do: 'by-hand', incident: id } };
}

/** The button to go on by hand, under the post that asks for a person last. */
export function byHandBlocks({ incident, entries, canByHand }: Told, entry: Logged): Block[] {
  const newest = entries.findLast(({ kind }) => kind === 'escalated');
  if (!canByHand || incident.status !== 'escalated' || newest?.at.getTime() !== entry.at.getTime()) return [];
  return [{ kind: 'buttons', buttons: [byHandButton(incident)] }];
}

/** The row that a *step* post tells of. */
export function rowFor({ steps = [] }: Told, { step, attempt }: FactsOf<'step'>): StepRow | undefined {
  return steps.find((one) => one.step === step && one.attempt === attempt);
}

/** What people did by hand and what steps brought about, in lines for the post-mortem. Pure. */
export function stepLines(steps: StepRow[]): string[] {
  return steps
    .filter(({ state }) => state === 'done')
    .flatMap((one) => [
      ...(one.person ? [`By hand by ${one.person}: ${one.what}.`] : []),
      ...(one.expected && one.grade
        ? [`Expected of "${one.what}": ${expectedLine(one.expected)}; seen: ${seenLine(one)}.`]
        : []),
    ]);
}
