import { amountSays } from '../budgets/budget.ts';
import type { Block, Byline, Card, Span, Text, Tone } from '../chat/card.ts';
import { type Fleet, type Member, type State, states } from './fleet.ts';
import { few, listed, spansOf } from './spans.ts';

/** So many workers have lines of their own, those with something wrong first; the rest is named by what it does. */
const inLines = 12;
const mostConflicts = 6;

/** Every worker in two or three lines; what is wrong comes first. Pure. */
export function fleetCard(fleet: Fleet, by: Byline): Card {
  const { members } = fleet;
  const title = summary(fleet);
  // Of few all have lines; of many those who have nothing to do are only named.
  const telling = members.length > inLines ? members.filter(({ state }) => state !== 'idle') : members;
  const told = telling.slice(0, inLines);
  return {
    by,
    tone: toneOf(fleet),
    title,
    blocks: [
      ...conflictBlocks(fleet),
      ...told.map((one): Block => ({ kind: 'text', text: lines(fleet, one) })),
      ...grouped(members.filter((one) => !told.includes(one))),
      { kind: 'context', text: 'One of them in full: /roster fleet and its name.' },
    ],
    fallback: title,
  };
}

/** How many workers there are, and how they are. Pure. */
export function summary({ members, conflicts }: Fleet): string {
  const all = `${members.length} ${members.length === 1 ? 'worker' : 'workers'}`;
  const each = states.flatMap((state) => {
    const count = members.filter((one) => one.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  const apart = `${conflicts.length} ${conflicts.length === 1 ? 'conflict' : 'conflicts'}`;
  return `${all}: ${each.join(', ')}${conflicts.length > 0 ? `; ${apart}` : ''}`;
}

/** Conflicts and what is wrong with workers, as lines, but for what is `told` already. Pure. */
export function troubles({ conflicts, members }: Fleet, told: Text[]): Text[] {
  const ailing = members.filter(({ state }) => state === 'silent' || state === 'failing');
  return [
    ...conflicts.map(({ says }) => says),
    ...ailing.flatMap(({ name, ails }): Text[] => {
      const [first] = ails.filter((one) => !told.includes(one));
      return first ? [[{ bold: name }, ': ', ...spansOf(first)]] : [];
    }),
  ];
}

const troubled: State[] = ['silent', 'stopped', 'failing'];

function toneOf({ members, conflicts }: Fleet): Tone {
  if (members.some(({ state }) => state === 'silent' || state === 'stopped')) return 'critical';
  if (conflicts.length > 0 || members.some(({ state }) => state === 'failing')) return 'warning';
  return 'neutral';
}

function conflictBlocks({ conflicts }: Fleet): Block[] {
  if (conflicts.length === 0) return [];
  const head: Span = { bold: `In each other's way (${conflicts.length})` };
  return [
    {
      kind: 'text',
      text: [
        head,
        ...listed(
          conflicts.map(({ says }) => says),
          mostConflicts,
        ),
      ],
    },
    { kind: 'divider' },
  ];
}

const marks: Record<State, string> = {
  ...{ silent: '🔴', stopped: '🔴', failing: '🟠', held: '🟡', working: '🔵', watching: '🟢', idle: '⚪' },
};

function headOf({ name, state, mode, duties }: Member): Span[] {
  const how = mode === 'act' ? state : `${state}, ${mode} mode`;
  return [`${marks[state]} `, { bold: name }, ` · ${duties.join(', ')} · ${how}`];
}

function lines(fleet: Fleet, member: Member): Text {
  const { doing, ails, state } = member;
  const [first, ...others] = troubled.includes(state) ? [...ails, ...doing] : [...doing, ...ails];
  const last = [...queueSays(member), ...costSays(fleet, member, true)].join(' · ');
  // Decisions are in its queue, and in what it does.
  const [held, ...besides] = member.waits.slice(0, member.waits.length - member.queue.approvals);
  return [
    ...headOf(member),
    ...(first ? ['\n', ...spansOf(first), ...andMore(others)] : []),
    ...(held ? ['\nWaits for ', ...spansOf(held), ...andMore(besides)] : []),
    ...(last !== '' ? [`\n${last}`] : []),
  ];
}

const andMore = (others: Text[]) => (others.length > 0 ? [` (and ${others.length} more)`] : []);

function queueSays({ queue: { jobs, approvals, handoffs } }: Member): string[] {
  const count = (many: number, one: string, all: string) =>
    many > 0 ? [`${many} ${many === 1 ? one : all}`] : [];
  const waiting = [
    ...count(handoffs, 'handoff', 'handoffs'),
    ...count(jobs, 'job', 'jobs'),
    ...count(approvals, 'decision', 'decisions'),
  ];
  return waiting.length > 0 ? [`In its queue: ${waiting.join(', ')}`] : [];
}

/** What it cost today; `short` leaves out what is nothing, and all where there is no budget for it. */
function costSays({ currency }: Fleet, { cost }: Member, short = false): string[] {
  const said = cost.filter(({ unit, used }) =>
    short ? used > 0 && unit !== 'tokens' : used > 0 || unit === 'calls',
  );
  if (said.length === 0) return [];
  const each = said.map(({ unit, used, most }) => {
    const spent = amountSays(unit, used, currency);
    if (most === undefined) return spent;
    const bare = unit === 'money' ? spent : used.toLocaleString('en');
    return `${bare} of ${amountSays(unit, most, currency)}`;
  });
  return [`Today ${each.join(', ')}`];
}

function grouped(members: Member[]): Block[] {
  return states.flatMap((state): Block[] => {
    const names = members.filter((one) => one.state === state).map(({ name }) => name);
    if (names.length === 0) return [];
    return [
      {
        kind: 'text',
        text: [`${marks[state]} `, { bold: `${state} (${names.length})` }, `: ${few(names, 20)}`],
      },
    ];
  });
}

const most = 8;

/** One worker in full. Pure. */
export function memberCard(fleet: Fleet, member: Member, by: Byline): Card {
  const { name, role, state, doing, ails, sign, waits, hands } = member;
  const title = `${name}, ${role}: ${state}`;
  const about = fleet.conflicts
    .filter(({ workers }) => workers.includes(member.worker))
    .map(({ says }) => says);
  const part = (head: string, texts: Text[], none?: string): Block[] => {
    if (texts.length === 0 && !none) return [];
    const said = texts.length > 0 ? listed(texts, most) : [`\n${none}`];
    return [{ kind: 'text', text: [{ bold: head }, ...said] }];
  };
  const alive: Text = sign ? [{ time: sign }] : 'none among the newest entries of the audit';
  const queued = queueSays(member);
  return {
    by,
    tone: troubled.includes(state) ? 'critical' : about.length > 0 ? 'warning' : 'neutral',
    title,
    blocks: [
      ...part('What is wrong', ails),
      ...part("In each other's way", about),
      ...part('Now', doing, 'Nothing.'),
      ...part('It waits for', waits),
      {
        kind: 'fields',
        fields: [
          ['Last sign of life', alive],
          ['Mode', member.mode],
          ['Today', costSays(fleet, member).join().replace('Today ', '')],
          ['Queue', queued.join().replace('In its queue: ', '') || 'empty'],
        ],
      },
      ...part('Hands over to', hands.map(handsSays), 'Nobody: what it does ends with it.'),
    ],
    fallback: title,
  };
}

function handsSays({ to, duty, services }: Member['hands'][number]): string {
  return `${to} (${duty})${services.length > 0 ? `, for ${services.join(', ')}` : ''}`;
}
