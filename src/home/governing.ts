import type { Block, Span, Text } from '../chat/card.ts';
import { summary, troubles } from './fleet-card.ts';
import type { Governing } from './home.ts';
import { few, linked, listed, spansOf } from './spans.ts';

/** What a governor sees: what is stopped, what they decide, what is open, who is on shift, and the way to stop all. Pure. */
export function governingBlocks(
  { kills, others, proposals, breakers, fleet }: Governing,
  asked: Block[],
): Block[] {
  const all = kills.some(({ scope }) => scope === 'all');
  return [
    ...part(
      'Kill switches that are thrown',
      kills.map(
        ({ scope, at }): Text => [
          { bold: scope },
          ', since ',
          { time: at },
          `: /roster unkill ${nameOf(scope)}`,
        ],
      ),
    ),
    ...asked,
    ...(others > 0
      ? [{ kind: 'context' as const, text: `${others} more wait for other people: /roster approvals` }]
      : []),
    ...part(
      'Runbooks put forward',
      proposals.map(({ says, link }) => (link ? [`${says} `, linked('Read it and adopt', link)] : says)),
    ),
    ...part('Circuit breakers that are open', breakers),
    ...part('Wrong in the fleet', troubles(fleet, breakers)),
    ...onShift(fleet),
    ...(all
      ? []
      : [
          {
            kind: 'buttons' as const,
            buttons: [
              { label: 'Stop everything', intent: { do: 'kill' as const }, style: 'danger' as const },
            ],
          },
        ]),
    {
      kind: 'context',
      text: `${kills.length === 0 ? 'No kill switch is thrown. ' : ''}One worker or one tool: /roster kill and its name. Released by /roster unkill.`,
    },
  ];
}

const nameOf = (scope: string) => scope.replace(/^(worker|tool):/, '');

function part(head: string, lines: Text[]): Block[] {
  if (lines.length === 0) return [];
  return [{ kind: 'text', text: [{ bold: `${head} (${lines.length})` }, ...listed(lines, 5)] }];
}

const mostWorkers = 8;

function onShift(fleet: Governing['fleet']): Block[] {
  const busy = fleet.members.filter(({ state }) => state !== 'idle');
  const idle = fleet.members.filter(({ state }) => state === 'idle');
  const modes = Map.groupBy(fleet.members, ({ mode }) => mode);
  const [same] = modes.size === 1 ? modes.keys() : [];
  const how = (mode: string) => (same ? '' : `, ${mode} mode`);
  const lines = busy.map(
    ({ name, state, mode, doing: [first = ''] }): Text => [
      { bold: name },
      ` · ${state}${how(mode)}: `,
      ...spansOf(first),
    ],
  );
  const named = idle.map(({ name, mode }) => `${name}${same ? '' : ` (${mode} mode)`}`);
  const head: Span[] = [{ bold: 'On shift' }, `${same ? ` in ${same} mode` : ''}: ${summary(fleet)}`];
  const rest: Span[] = named.length > 0 ? [`\n• Idle: ${few(named, 10)}`] : [];
  return [
    { kind: 'text', text: [...head, ...listed(lines, mostWorkers), ...rest] },
    { kind: 'context', text: 'Health, cost, queue and what they wait for: /roster fleet' },
  ];
}
