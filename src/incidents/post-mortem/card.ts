import type { Block, Button, Byline, Card, Span, Text } from '../../chat/card.ts';
import type { IncidentId } from '../../ids.ts';
import { figureSays, lastedSays } from './impact.ts';
import { isLate, type PostMortem, type Task } from './post-mortem.ts';

/** A post-mortem in its thread: the end, what it cost and what to change in five seconds; the rest is in its export. */
export function postMortemCard(post: PostMortem, by: Byline, now: Date): Card {
  const { written, filedAt, picture } = post;
  const title = `Post-mortem of ${written.incident}: ${filedAt ? 'filed' : 'draft'}`;
  const picked: Block[] = picture
    ? [{ kind: 'picture', picture: picture.id, alt: picture.alt }]
    : [{ kind: 'context', text: `No chart: ${post.noChart ?? 'none was drawn.'}` }];
  return {
    by,
    tone: filedAt ? 'good' : 'waiting',
    title,
    blocks: [
      { kind: 'text', text: post.summary },
      { kind: 'fields', fields: fieldsOf(post) },
      ...picked,
      ...section('What worked', written.worked),
      ...section('What did not', written.failed),
      ...section('What to change', post.change.split('\n').filter(Boolean)),
      ...tasksBlock(post.tasks, now),
      ...post.corrections.map((one): Block => {
        const text: Text = [
          { bold: 'Correction ' },
          'by ',
          { person: one.person },
          ', ',
          { time: one.at },
          `: ${one.words}`,
        ];
        return { kind: 'text', text };
      }),
      { kind: 'context', text: standing(post) },
      { kind: 'buttons', buttons: buttonsOf(post) },
    ],
    fallback: `${title}. ${post.summary}`,
  };
}

function fieldsOf({ written: { cause, impact, severity } }: PostMortem): [string, Text][] {
  const { minutes, userMinutes, revenue, agreed } = impact;
  return [
    ['Severity', `SEV${severity}`],
    ['Cause', cause ? `${cause.says}, ${Math.floor(cause.confidence * 100)} % sure` : 'not found'],
    ['Lasted', [lastedSays(minutes), agreed].filter(Boolean).join('. ')],
    ['User minutes', withFormula(userMinutes, (value) => value)],
    ['Revenue at risk', withFormula(revenue, (value) => `EUR ${value}`)],
  ];
}

function withFormula(
  figure: PostMortem['written']['impact']['revenue'],
  says: (value: string) => string,
): string {
  const said = figureSays(figure, says);
  return figure.kind === 'told' ? `${said} = ${figure.formula}` : said;
}

const most = 4;

function section(name: string, lines: string[]): Block[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, most).map((line) => `• ${line}`);
  const rest = lines.length > most ? [`• and ${lines.length - most} more, in its export`] : [];
  return [{ kind: 'text', text: [{ bold: name }, `\n${[...shown, ...rest].join('\n')}`] }];
}

function tasksBlock(tasks: Task[], now: Date): Block[] {
  if (tasks.length === 0) return [];
  const lines = tasks.flatMap((one): Span[] => [
    `\n${one.nth}. ${one.what}: `,
    { person: one.owner },
    `, by ${one.due}${one.doneAt ? ', done' : isLate(one, now) ? ', late' : ''}`,
  ]);
  return [{ kind: 'text', text: [{ bold: 'Actions' }, ...lines] }];
}

function standing({ written: { incident, notChecked }, filedAt, filedBy, filesAt }: PostMortem): Text {
  const unchecked = notChecked.length > 0 ? ` · not checked: ${notChecked.length}` : '';
  const whole = ` · whole: npm run roster -- post-mortem ${incident}${unchecked}`;
  if (!filedAt)
    return [
      'Files itself ',
      { time: filesAt },
      ' unless somebody does before. In words: "action: … by 2026-12-01 @who".',
      whole,
    ];
  return filedBy
    ? ['Filed by ', { person: filedBy }, ' ', { time: filedAt }, whole]
    : ['Filed by itself ', { time: filedAt }, whole];
}

function buttonsOf({ written: { incident }, filedAt }: PostMortem): Button[] {
  if (filedAt) return [{ label: 'Add a correction', intent: { do: 'correct-post-mortem', incident } }];
  return [
    { label: 'Edit', intent: { do: 'edit-post-mortem', incident } },
    { label: 'Add action', intent: { do: 'add-task', incident } },
    { label: 'File', intent: { do: 'file-post-mortem', incident }, style: 'primary' },
  ];
}

/** What its owner is told once its day is over. */
export function lateCard(
  incident: IncidentId,
  { nth, what, owner, due, doneAt, doneBy }: Task,
  by: Byline,
): Card {
  const title = `Action ${nth} of ${incident}: ${doneAt ? 'done' : 'late'}`;
  const blocks: Block[] = [
    { kind: 'text', text: [{ person: owner }, ` ${what}, by ${due}.`] },
    ...(doneBy ? [{ kind: 'context' as const, text: ['Done, says ', { person: doneBy }, '.'] }] : []),
  ];
  if (!doneAt)
    blocks.push({
      kind: 'buttons',
      buttons: [{ label: 'Done', intent: { do: 'task-done', incident, nth }, style: 'primary' }],
    });
  const fallback: Text = [{ person: owner }, ` ${title}: ${what}, by ${due}.`];
  return { by, tone: doneAt ? 'good' : 'warning', title, blocks, fallback };
}

/** The reminders that stand in its thread. */
export function latePosts(
  { written: { incident }, tasks }: PostMortem,
  by: Byline,
): { part: string; card: Card; at: Date }[] {
  return tasks.flatMap((one) => {
    const { nth, remindedAt: at } = one;
    return at ? [{ part: `late-${nth}`, card: lateCard(incident, one, by), at }] : [];
  });
}
