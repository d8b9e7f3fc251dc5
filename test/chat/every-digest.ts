import type { Card } from '../../src/chat/card.ts';
import { digestCard, rowsCard } from '../../src/digest/card.ts';
import type { Open } from '../../src/digest/to-decide.ts';
import type { IncidentId, WorkerId } from '../../src/ids.ts';
import { calibrationCard, maturityCard, scorecardCard } from '../../src/scorecards/card.ts';
import { maturityOf } from '../../src/scorecards/maturity.ts';
import { reliabilities, type Said, unearned } from '../../src/scorecards/reliability.ts';
import { busyWeek, firstWeek, quietWeek } from '../digest/weeks.ts';
import { manifests } from '../shift.ts';
import { ada, maria, picture } from './cards.ts';

const open: Open[] = [
  {
    says: [
      'Restart *checkout* on app-03, until ',
      { time: new Date('2026-11-23T11:00:00Z') },
      '. ',
      { link: 'https://chat.example/1', text: 'Read it and decide' },
    ],
    buttons: [],
  },
  {
    says: 'Runbook put forward after inc-7: a step was skipped.',
    buttons: [
      { label: 'Adopt', intent: { do: 'adopt-runbook', incident: 'inc-7' as IncidentId }, style: 'primary' },
    ],
  },
  { says: ['Late since 2026-11-20, after inc-3: write the runbook, ', { person: maria }], buttons: [] },
];
const drawn = { ...busyWeek, picture: { id: picture, alt: 'Bar charts by week.' } };
const shown = { by: ada, personHour: 60 };

/** A busy week with all that can stand on its page, the first, a quiet one, and the rows behind the figures. */
export function everyDigest(): [what: string, card: Card][] {
  const linkOf = (id: IncidentId) => (id === 'inc-4' ? undefined : `https://chat.example/${id}`);
  return [
    ['digest', digestCard({ ...shown, digest: drawn, open })],
    ['digest-many-open', digestCard({ ...shown, digest: busyWeek, open: [...open, ...open, ...open] })],
    ['digest-first', digestCard({ ...shown, digest: firstWeek, open: [] })],
    ['digest-quiet', digestCard({ ...shown, digest: quietWeek, open: [] })],
    ['digest-early', digestCard({ ...shown, digest: quietWeek, open: [], early: 'Day 9 of 21.' })],
    ['digest-rows', rowsCard({ digest: busyWeek, by: ada, side: 'goals' }, linkOf)],
    ['digest-rows-short', rowsCard({ digest: busyWeek, by: ada, side: 'knowledge' }, linkOf)],
  ];
}

const rex = 'rex' as WorkerId;
const outcomes = Array.from({ length: 40 }, (_, nth): Said => {
  return {
    class: 'deed restart-service',
    worker: rex,
    said: 0.5 + (nth % 5) / 10,
    right: nth % 3 > 0,
    alone: true,
  };
});
const lost = unearned(outcomes, manifests.policy, 20);
const calibrated = { ...reliabilities(outcomes, 20), least: 20, nameOf: () => 'Rex' };

/** One worker's, all of them, and the site's level. */
export function everyScorecard(): [what: string, card: Card][] {
  const { currency, workers } = busyWeek;
  const figures = workers.find(({ worker }) => worker === 'rex')?.figures ?? [];
  const foundation = { darkServers: null, months: 14, uncovered: 0 };
  return [
    [
      'calibration',
      calibrationCard({ ...calibrated, unearned: lost, picture: { id: picture, alt: 'Diagrams.' } }, ada),
    ],
    [
      'calibration-none',
      calibrationCard({ ...calibrated, told: [], few: 3, unearned: [], picture: null }, ada),
    ],
    ['scorecard', scorecardCard({ name: 'Rex', figures, currency }, 'last four weeks', ada)],
    ['maturity', maturityCard(maturityOf(busyWeek.figures, foundation, currency), ada)],
    [
      'maturity-higher',
      maturityCard(maturityOf(busyWeek.figures, { ...foundation, darkServers: 0 }, currency), ada),
    ],
  ];
}
