// Home for everybody there is, and the fleet in good and bad hours.
import type { Card } from '../../src/chat/card.ts';
import { homeCard, howToBeKnown, strangerCard } from '../../src/home/card.ts';
import { fleetOf } from '../../src/home/fleet.ts';
import { fleetCard, memberCard } from '../../src/home/fleet-card.ts';
import type { Governing, Home, Managing } from '../../src/home/home.ts';
import type { WorkerId } from '../../src/ids.ts';
import type { Figure } from '../../src/scorecards/kpi.ts';
import {
  ada,
  ago,
  cause,
  charterOf,
  charters,
  deed,
  handed,
  id,
  incident,
  nora,
  now,
  rex,
  rowsWith,
} from '../home/rows.ts';
import { ada as by } from './cards.ts';

const quiet = fleetOf(rowsWith());
const runbook = { id: 'memory-leak', version: 1, step: 1 };
const leak = { worker: rex, status: 'remediating' as const, runbook, cause: cause('app-01') };

/** Two incidents at once, a breaker that is open, a source that is dark, an older handoff. */
const troubled = fleetOf(
  rowsWith({
    signals: 3,
    incidents: [
      incident(7, leak),
      incident(9, { worker: rex, status: 'remediating', service: 'payments' }),
      incident(11),
    ],
    deeds: [
      deed(7),
      deed(9, { status: 'waiting', what: 'Rotate the logs of *app-01*', tool: 'rotate-logs' }),
    ],
    approvals: [{ incident: id(9), worker: rex, what: 'Rotate the logs of *app-01*', expiresAt: ago(-30) }],
    handoffs: [handed(5, { from: ada, to: nora, duty: 'routing', at: ago(12) })],
    breakers: [
      {
        worker: rex,
        tool: 'rotate-logs',
        because: 'The circuit breaker is open: 5 of the last 9 rotate-logs of rex did not succeed.',
      },
    ],
    blind: [{ source: 'metrics', says: 'No metric could be read for 2 cycles.', since: ago(9) }],
    used: [
      { worker: rex, unit: 'calls', used: 12 },
      { worker: rex, unit: 'money', used: 31 },
    ],
  }),
);

const many = fleetOf(
  rowsWith({
    charters: [
      ...charters,
      ...Array.from({ length: 36 }, (_, nth) =>
        charterOf(rex, { worker: `w${nth}` as WorkerId, name: `Worker ${nth}`, services: [`s${nth}`] }),
      ),
    ],
    modeOf: (worker) => (worker === 'w3' ? 'observe' : 'act'),
    kills: [{ scope: 'worker:w33', at: ago(1) }],
  }),
);

const stopped: Governing = {
  kills: [
    { scope: 'all', at: ago(3) },
    { scope: 'tool:rotate-logs', at: ago(90) },
  ],
  ...{ others: 0, proposals: [], breakers: [] },
  fleet: fleetOf(rowsWith({ kills: [{ scope: 'all', at: ago(3) }], incidents: [incident(7, leak)] })),
};

const governing: Governing = {
  ...{ kills: [], others: 2 },
  proposals: [
    { says: 'disk-again, after inc-3: nothing is known for it yet.', link: 'https://chat.example/inc-3' },
    { says: 'memory-leak, after inc-4: its second step was skipped.', link: undefined },
  ],
  breakers: ['The circuit breaker is open: 5 of the last 9 rotate-logs of rex did not succeed.'],
  fleet: troubled,
};

const figure = (kpi: string, value: number | null, of = 12): Figure => ({
  ...{ kpi, value, of, silent: 0, least: 5, target: null, rows: [] },
});
const week = (from: string, to: string, figures: Figure[]) => ({
  period: { from: new Date(from), to: new Date(to) },
  ...{ timezone: 'Europe/Berlin', figures },
});

const managing: Managing = {
  weeks: {
    last: week('2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z', [
      ...[figure('mttr', 3.12), figure('alone', 0.84), figure('user-minutes', 5_120)],
      ...[figure('revenue-protected', 18_400), figure('hours-returned', 21.5), figure('cost', 12.4)],
    ]),
    current: week('2026-11-15T23:00:00Z', '2026-11-20T10:30:00Z', [
      ...[figure('mttr', null, 3), figure('alone', null, 3), figure('user-minutes', 0)],
      ...[figure('revenue-protected', 0), figure('hours-returned', 1), figure('cost', 0)],
    ]),
  },
  currency: 'EUR',
  deciding: [
    [
      'Restart checkout, until ',
      { time: ago(-30) },
      '. ',
      { link: 'https://chat.example/a', text: 'Read it and decide' },
    ],
    'Late since 2026-11-19, after inc-3: check the alert',
  ],
  digest: 'https://chat.example/digest',
};

const asked: Home['asked'] = [
  { what: 'Roll checkout back to 2.0', risk: 'medium', until: ago(-30), link: 'https://chat.example/a' },
  { what: 'Switch the partner of *payments* off', risk: 'high', until: ago(-12), link: undefined },
];

const yours: Home['yours'] = {
  asked: [
    {
      ...{ id: 'act-1', incident: null, worker: rex, what: 'Restart search on search-01' },
      ...{ status: 'done', at: ago(300) },
    },
  ],
  minded: [{ id: id(4), service: 'orders', status: 'closed', did: ['declared', 'taken'], at: ago(900) }],
  nameOf: () => 'Rex',
  linkOf: (subject) => `https://chat.example/${subject}`,
};

const anyone: Home = {
  ...{ by, now, asked: [], charters },
  yours: { ...yours, asked: [], minded: [] },
};

/** Everything Home and the fleet look like. */
export function everyHome(): [what: string, card: Card][] {
  return [
    ['home-anyone', homeCard(anyone)],
    ['home-on-call', homeCard({ ...anyone, asked, yours })],
    ['home-governor', homeCard({ ...anyone, asked, yours, governing })],
    [
      'home-governor-quiet',
      homeCard({
        ...anyone,
        governing: { ...governing, others: 0, proposals: [], breakers: [], fleet: quiet },
      }),
    ],
    ['home-stopped', homeCard({ ...anyone, governing: stopped })],
    ['home-manager', homeCard({ ...anyone, managing })],
    [
      'home-manager-first-week',
      homeCard({
        ...anyone,
        managing: {
          ...managing,
          weeks: { last: managing.weeks.current, current: managing.weeks.current },
          ...{ deciding: [], digest: undefined },
        },
      }),
    ],
    ['home-both', homeCard({ ...anyone, asked, governing, managing: { ...managing, deciding: [] } })],
  ];
}

export function everyStranger(): [what: string, card: Card][] {
  return [['home-stranger', strangerCard(by, howToBeKnown('slack:U99'))]];
}

export function everyFleet(): [what: string, card: Card][] {
  const member = (worker: WorkerId) =>
    troubled.members.find((one) => one.worker === worker) ?? troubled.members[0];
  return [
    ['fleet', fleetCard(quiet, by)],
    ['fleet-troubled', fleetCard(troubled, by)],
    ['fleet-many', fleetCard(many, by)],
    ...[rex, ada, nora].flatMap((worker): [string, Card][] => {
      const found = member(worker);
      return found ? [[`fleet-${worker}`, memberCard(troubled, found, by)]] : [];
    }),
  ];
}
