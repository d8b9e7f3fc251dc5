// A runbook gone through by hand, as the thread shows it on its way.
import type { Card } from '../../src/chat/card.ts';
import type { Rehearsed } from '../../src/dry-run.ts';
import type { IncidentId, PersonId } from '../../src/ids.ts';
import type { Told } from '../../src/incidents/card.ts';
import type { Begun, Logged } from '../../src/incidents/incident.ts';
import type { Checklist, Stopped } from '../../src/incidents/steps/checklist.ts';
import type { Expected, StepRow } from '../../src/incidents/steps/step.ts';
import { threadOf } from '../../src/incidents/thread.ts';
import { maria } from './cards.ts';

const robin = 'p-oncall' as PersonId;
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));

export const checklist: Checklist = {
  ...{ person: maria, runbook: 'bad-deployment', version: 2, since: 1 },
  title: 'Roll a failing deployment back',
  rollback: 'Deploy 2.1 again from its pipeline.',
  steps: [
    {
      what: 'Roll checkout back to 2.0',
      tool: 'roll-back-deployment',
      arguments: '{"service":"checkout","version":"2.0"}',
      requires: [],
      expect: 'Errors of checkout are back to usual.',
      effect: 'error rate of checkout back to usual within 2 min',
      rollback: 'Deploy 2.1 again from its pipeline.',
    },
    {
      what: 'Restart checkout on app-01',
      tool: 'restart-service',
      arguments: '{"service":"checkout","server":"app-01"}',
      requires: ['available memory of app-01 must be unusual'],
      expect: 'It is back as it was *configured*.',
      effect: null,
      rollback: null,
    },
  ],
};

export const stopped: Stopped = {
  ...{ step: 0, what: 'Roll checkout back to 2.0' },
  expected: 'error rate of checkout back to usual within 2 min',
  seen: 'no, after 2 min it was 0.4, usually 0.012 (39.0 σ)',
  output: 'PLAY RECAP\ncheckout: *ok*=3',
  left: ['Restart checkout on app-01'],
};

const expected: Expected = {
  ...{ metric: 'error_rate', says: 'error rate', subject: 'checkout' },
  ...{ becomes: 'usual', withinMs: 120_000 },
};

/** A step of that checklist's run. */
export function row(step: number, changed: Partial<StepRow>): StepRow {
  return {
    ...{ incident: 'inc-7' as IncidentId, attempt: 1, step, runbook: 'bad-deployment', version: 2 },
    ...{ tool: 'any', what: checklist.steps[step]?.what ?? '', state: 'due', action: null, person: null },
    ...{ words: null, expected: step === 0 ? expected : null, before: 39, checks: [] },
    ...{ dueAt: at(2), doneAt: null, grade: null, seen: null, seenAfter: null },
    ...changed,
  };
}

const seen = { value: 0.01, usual: 0.012, z: 0.2 };
const doneWell = row(0, {
  ...{ state: 'done', person: robin, doneAt: at(3), grade: 'as-expected', seen, seenAfter: 41 },
});
const checks = [
  { says: 'The step wants available memory of app-01 to be unusual, and it is usual.', met: false },
];

/** What the checklist's own card looks like with so many of its steps gone through. */
export function everyChecklist(told: Told): [what: string, card: Card][] {
  const facts = { ...checklist, since: 0 };
  const entries = [{ kind: 'checklist', facts, at: at(2), worker: 'ada' } as Logged];
  const shows = (begun: Partial<Begun> | undefined, steps: StepRow[]): Card => {
    const by = begun && { id: 'bad-deployment', version: 2, step: 0, since: 1, by: maria, ...begun };
    const incident = { ...told.incident, attempt: 1, runbook: by ?? null };
    const [post] = threadOf({ ...told, incident, entries, steps }, [], []);
    if (!post) throw new Error('The thread has no checklist.');
    return post.card;
  };
  const not = { grade: 'not' as const, seen: { value: 0.4, usual: 0.012, z: 39 }, seenAfter: 121 };
  return [
    // What came up for a worker before was withdrawn.
    ['checklist-reading', shows({ since: 0 }, [row(0, { attempt: 0 })])],
    ['checklist-first', shows({}, [row(0, {})])],
    ['checklist-looking', shows({}, [{ ...doneWell, grade: null, seen: null, seenAfter: null }])],
    ['checklist-last', shows({ step: 1 }, [doneWell, row(1, { checks })])],
    ['checklist-lent', shows({ step: 1, lent: 1 }, [doneWell, row(1, {})])],
    [
      'checklist-not',
      shows({ step: 1 }, [{ ...doneWell, ...not }, row(1, { state: 'skipped', person: robin })]),
    ],
    ['checklist-over', shows(undefined, [doneWell, row(1, { state: 'done', person: maria, doneAt: at(5) })])],
  ];
}

/** A worker's step, told with what it brought about. */
export const stepSeen = [
  row(0, {
    state: 'done',
    attempt: 0,
    person: null,
    grade: 'as-expected',
    seen,
    seenAfter: 41,
    doneAt: at(3),
  }),
];

/** What the same runbook would come to. */
export const rehearsed: Rehearsed = {
  ...{ runbook: 'bad-deployment', version: 2, title: checklist.title, who: ['on-call', 'database-owner'] },
  ...{ window: { seconds: 600, metrics: [] }, worker: 'Rex' },
  steps: checklist.steps.map((one, place) => ({
    ...one,
    decision:
      place === 0 ? { kind: 'ask', because: ['Medium risk is asked for.'] } : { kind: 'allow', because: [] },
  })),
};
