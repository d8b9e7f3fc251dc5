import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/actions/action.ts';
import type { PersonId } from '../../../src/ids.ts';
import type { Logged } from '../../../src/incidents/incident.ts';
import { impactOf, type Share } from '../../../src/incidents/post-mortem/impact.ts';
import { markdownOf } from '../../../src/incidents/post-mortem/markdown.ts';
import { writtenShape } from '../../../src/incidents/post-mortem/post-mortem.ts';
import type { Recorded } from '../../../src/incidents/post-mortem/recorded.ts';
import { write } from '../../../src/incidents/post-mortem/write.ts';
import type { Service } from '../../../src/inventory/inventory.ts';
import {
  action,
  approval,
  at,
  filed,
  found,
  incident,
  logged,
  postMortem,
  recorded,
  service,
  verified,
} from './recorded.ts';

const told = (changed: Partial<Recorded> = {}) => write(recorded(changed));

test('an incident that went well is told from its record', () => {
  const { written, summary, change } = told();
  expect(writtenShape.parse(JSON.parse(JSON.stringify(written)))).toEqual(written);
  expect(summary).toBe(
    'Checkout was not as usual for 9 min. Cause: checkout 2.1, deployed shortly before, is failing (84 % sure). What mended it: Roll checkout back to 2.0.',
  );
  expect(change).toBe('See that Traces can be read: without it the cause was judged on less.');
  expect(written.worked).toEqual([
    'The cause was named 60 s after it was opened.',
    '"Roll checkout back to 2.0" was approved within 60 s.',
    '"Roll checkout back to 2.0" helped.',
    'Verified by 1 metric back at baseline.',
  ]);
  expect(written.failed).toEqual(['Not read: Traces: no Jaeger is connected.']);
  expect(written.times).toEqual({
    ...{ signal: at(0).toISOString(), detected: at(0).toISOString(), causeNamed: at(1).toISOString() },
    ...{ firstChange: at(8).toISOString(), mitigated: at(9).toISOString(), verified: at(19).toISOString() },
  });
});

test('the timeline has signals, the log, questions, answers and deeds in their order, each with who it was', () => {
  const { written } = told();
  expect(written.timeline.map(({ who, what }) => [Object.values(who)[0], what])).toEqual([
    ['monitoring', 'Error rate of checkout: 151.7 σ from usual'],
    ['monitoring', 'inc-7 opened, SEV1'],
    ['iris', 'Evidence gathered: 3 of 4 sources read'],
    ['iris', 'Likeliest cause: checkout 2.1, deployed shortly before, is failing (84 %, by rule)'],
    ['rex', 'Asked for: Roll checkout back to 2.0'],
    ['maria', 'Approved: Roll checkout back to 2.0'],
    ['rex', 'Roll checkout back to 2.0: done after 40 s, approved by a person'],
    ['rex', 'Verified: all metrics back at baseline'],
  ]);
});

describe('impact', () => {
  const share: Share = { kind: 'measured', share: 0.304 };
  const known = { service, from: at(0), until: at(9) as Date | undefined, failing: share as Share };
  const lacking: [what: string, changed: Partial<typeof known>, because: string][] = [
    ['no end', { until: undefined }, 'it was not verified, so its end is not known'],
    ['no service', { service: undefined as unknown as Service }, 'the service is not in the inventory'],
    [
      'no users',
      { service: { ...service, usersPerHour: undefined } as unknown as Service },
      'the inventory does not say usersPerHour of checkout',
    ],
    [
      'no share',
      { failing: { kind: 'missing', because: 'Prometheus did not answer' } },
      'Prometheus did not answer',
    ],
  ];
  test.each(lacking)('in user minutes is not told with %s', (_, changed, because) => {
    expect(impactOf({ ...known, ...changed }).userMinutes).toEqual({ kind: 'not-enough-data', because });
  });

  test('is told with its formula', () => {
    expect(impactOf(known)).toEqual({
      minutes: { kind: 'told', value: 9, formula: 'from its opening to mended' },
      userMinutes: {
        ...{ kind: 'told', value: 63.84 },
        formula: '1,400 users an hour / 60 × 30.4 % of requests failing × 9 min',
      },
      revenue: { kind: 'told', value: 3_420, formula: 'EUR 380 a minute × 9 min, all of it at risk' },
      agreed: 'Within the agreed 30 min.',
    });
    expect(impactOf({ ...known, until: at(42) }).agreed).toBe('12 min over the agreed 30 min.');
  });
});

describe('what to change', () => {
  const done = (changed: Partial<Action>) => ({ actions: [{ ...action, ...changed } as Action] });
  const entries = (...more: Logged[]) => ({ entries: [...found, ...more, verified] });
  const person = 'p-oncall' as PersonId;
  const because = 'No known cause fits.';
  const rows: [what: string, changed: Partial<Recorded>, change: string | null, failed: string | null][] = [
    [
      'no cause',
      { incident: { ...incident, cause: null } },
      'Teach the workers to know this failure: no known cause fitted.',
      null,
    ],
    [
      'no runbook',
      { incident: { ...incident, runbook: null }, runbooks: [] },
      'Write a runbook for bad-deployment: there is none.',
      null,
    ],
    ['a runbook that was not followed', { incident: { ...incident, runbook: null } }, null, null],
    [
      'noticed late',
      { seen: { ...recorded().seen, unusualSince: at(-12) } },
      'Notice it sooner: the metric was unusual for 12 min before the first signal.',
      null,
    ],
    ['noticed a little late', { seen: { ...recorded().seen, unusualSince: at(-4) } }, null, null],
    [
      'an escalation',
      entries(logged(4, { kind: 'escalated', facts: { because } })),
      `Let the workers go on, or ask sooner, where this happens: ${because}`,
      `Escalated: ${because}`,
    ],
    [
      'another cause',
      entries(logged(4, { kind: 'chosen', facts: { person, says: 'the cache', plan: '' } })),
      'Find out why the rules named another cause first than "the cache".',
      'The cause named first was not it: a person chose "the cache".',
    ],
    [
      'a wrong cause',
      entries(logged(4, { kind: 'wrong-cause', facts: { person, why: 'a flag' } })),
      'Find out why the rules named the wrong cause, and what would have told it.',
      'The cause was called wrong: a flag',
    ],
    [
      'a skipped step',
      entries(logged(4, { kind: 'skipped', facts: { person, step: 0, what: 'Restart' } })),
      'Say in the runbook when "Restart" is not wanted, or take it out.',
      '"Restart" was skipped by a person.',
    ],
    [
      'a step without effect',
      done({ health: 'same' }),
      '"Roll checkout back to 2.0" had not the effect expected (Errors are back to usual.) Look at that step.',
      '"Roll checkout back to 2.0" did not help.',
    ],
    ['a failed step', done({ status: 'failed', health: null }), null, '"Roll checkout back to 2.0": failed.'],
    [
      'a roll-back',
      done({ undoes: 'act-0' as Action['undoes'] }),
      null,
      'Rolled back: "Roll checkout back to 2.0": done.',
    ],
    [
      'a roll-back refused',
      done({ undoes: 'act-0' as Action['undoes'], status: 'refused', startedAt: null }),
      null,
      'Not rolled back: "Roll checkout back to 2.0": refused.',
    ],
    [
      'no answer',
      { approvals: [{ ...approval, status: 'lapsed', answers: [] }] },
      'See that somebody answers: nobody decided on "Roll checkout back to 2.0" in time.',
      null,
    ],
    [
      'a rejection',
      { approvals: [{ ...approval, status: 'rejected' }] },
      'See why "Roll checkout back to 2.0" was put forward: it was rejected.',
      null,
    ],
    [
      'a slow answer',
      { approvals: [{ ...approval, askedAt: at(-19) }] },
      'Answer sooner, or let it be done without asking: "Roll checkout back to 2.0" waited 22 min.',
      '"Roll checkout back to 2.0" waited 22 min for an answer.',
    ],
    [
      'the agreed time',
      { incident: { ...incident, mitigatedAt: at(42) } },
      'Mend it within the agreed 30 min: it took 42 min.',
      null,
    ],
  ];
  const always = { change: told().change.split('\n'), failed: told().written.failed };
  test.each(rows)('is told of %s', (_, changed, change, failed) => {
    const now = told(changed);
    const news = now.change.split('\n').filter((line) => !always.change.includes(line));
    expect(news).toEqual(change === null ? [] : [change]);
    expect(now.written.failed.filter((line) => !always.failed.includes(line))).toEqual(
      failed === null ? [] : [failed],
    );
  });
});

test('what a person mended counts until it was verified', () => {
  const taken = logged(10, { kind: 'taken', facts: { person: 'p-oncall' as PersonId } });
  const { written } = told({ entries: [...found, taken, verified] });
  expect(written.times.mitigated).toBeNull();
  expect(written.impact.minutes).toMatchObject({ value: 19 });
});

const names = (person: PersonId) => ({ maria: 'Maria | Ops' })[person as string] ?? person;
test('Markdown is whole, and nothing in it that people or systems wrote is markup', async () => {
  await expect(markdownOf(postMortem(), { nameOf: names, picture: 'inc-7.png' })).toMatchFileSnapshot(
    '../../golden/post-mortem.md',
  );
  const lost = filed(
    { picture: null, noChart: 'Prometheus did not answer.' },
    { incident: { ...incident, cause: null }, service: undefined },
  );
  await expect(markdownOf(lost, { nameOf: names })).toMatchFileSnapshot('../../golden/post-mortem-filed.md');
});
