import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/actions/action.ts';
import type { Card } from '../../src/chat/card.ts';
import type { PersonId } from '../../src/ids.ts';
import { incidentCard, type Told } from '../../src/incidents/card.ts';
import type { Happening, Incident, Logged, Status } from '../../src/incidents/incident.ts';
import { threadOf } from '../../src/incidents/thread.ts';
import type { Signal } from '../../src/monitoring/signal.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 10, 0, seconds));
const robin = 'p-oncall' as PersonId;
const ada = { name: 'Ada', role: 'Operations worker', avatar: ':owl:' };
const signal = { metric: 'error_rate', service: 'checkout', server: null, z: 41.23 } as Signal;
const logged = (seconds: number, happening: Happening): Logged => ({ ...happening, at: at(seconds) });
const escalated = logged(30, { kind: 'escalated', facts: { because: 'No known cause fits.' } });

function told(status: Status, changed: Partial<Told> = {}): Told {
  const endedAt = status === 'closed' || status === 'false-alarm' ? at(99) : null;
  const incident = {
    id: 'inc-7',
    service: 'checkout',
    status,
    severity: 1,
    owner: null,
    cause: null,
    said: null,
  };
  return {
    incident: { ...incident, openedAt: at(0), endedAt } as unknown as Incident,
    signals: [signal],
    entries: status === 'escalated' ? [escalated] : [],
    service: { id: 'checkout', name: 'Checkout', owner: robin, revenuePerMinute: 380 } as Told['service'],
    by: ada,
    byOf: () => ada,
    withRole: () => [],
    says: (metric) => metric.replace('_', ' '),
    asks: [robin],
    verifyMs: 45_000,
    timezone: 'Europe/Berlin',
    linkTo: () => undefined,
    waitingFor: undefined,
    ...changed,
  };
}
const words = (card: Card) => JSON.stringify(card.blocks);
const buttons = (card: Card) =>
  card.blocks.flatMap((one) => (one.kind === 'buttons' ? one.buttons.map(({ label }) => label) : []));

describe("the incident's parent message says how it stands and what is next", () => {
  const stop = 'Stop all workers';
  const works = ["I've got it", 'Pause', 'Escalate', stop];
  const rows: [status: Status, says: string, next: string, buttons: string[]][] = [
    ['investigating', 'Investigating', 'metrics, logs, deployments and inventory are being read.', works],
    ['routing', 'Being routed', 'who or what mends it is being decided.', works],
    ['remediating', 'Mending', 'the runbook is being followed.', works],
    ['verifying', 'Mended, being verified', 'all metrics must stay usual for 45 s.', works],
    ['undoing', 'Did not help, being rolled back', 'what can be undone is rolled back.', works],
    ['escalated', 'Needs a person', 'No known cause fits.', ["I've got it", 'False alarm', 'Escalate', stop]],
    [
      'taken',
      'A person has it',
      'the workers change nothing and keep watching.',
      ['Hand back', 'Escalate', 'False alarm', stop],
    ],
    ['verified', 'Verified mended', 'nothing.', ['False alarm', stop]],
    ['closed', 'Verified mended, closed', 'nothing.', ['Reopen', '👍', '👎']],
    ['false-alarm', 'False alarm', 'nothing.', ['Reopen', '👍', '👎']],
  ];
  test.each(rows)('%s', (status, says, next, labels) => {
    const card = incidentCard(told(status));
    expect(card.title).toBe('Checkout: error rate far from usual');
    expect(card.fallback).toBe(`Checkout: error rate far from usual. ${next}`);
    expect(words(card)).toContain(JSON.stringify(['Status', says]));
    expect(buttons(card)).toEqual(labels);
  });

  test('paused, whatever it was doing, by whom', () => {
    const { incident } = told('remediating');
    const card = incidentCard(told('remediating', { incident: { ...incident, pausedBy: robin } }));
    expect(words(card)).toContain('["Status",["Paused by ",{"person":"p-oncall"}]]');
    expect(card.fallback).toMatch(/nothing new begins until it is resumed; the metrics are watched\.$/);
    expect(buttons(card)).toEqual(["I've got it", 'Resume', 'Escalate', stop]);
  });

  test('paused and in need of a person, it says that it needs one', () => {
    const { incident } = told('escalated');
    const card = incidentCard(told('escalated', { incident: { ...incident, pausedBy: robin } }));
    expect(words(card)).toContain('["Status","Needs a person"]');
    expect(buttons(card)).toContain('Resume');
  });

  test('waiting for an approval', () => {
    const card = incidentCard(told('remediating', { waitingFor: 'Roll checkout back.' }));
    expect(words(card)).toContain('["Status","Waiting for an approval"]');
    expect(card.fallback).toContain('Roll checkout back.');
  });

  test('severity, what is at risk, the owner; who has taken it is the owner', () => {
    expect(words(incidentCard(told('investigating')))).toContain(
      '["Severity","SEV1"],["At risk","EUR 380 a minute"],["Owner",[{"person":"p-oncall"}]]',
    );
    const { incident } = told('taken');
    const dana = 'p-dba' as PersonId;
    expect(words(incidentCard(told('taken', { incident: { ...incident, owner: dana } })))).toContain(
      '"p-dba"',
    );
  });

  test('the worst signal gives the title, where it is told', () => {
    const worst = { metric: 'disk_available', service: 'orders', server: 'db-01', z: 99 } as Signal;
    expect(incidentCard(told('investigating', { signals: [signal, worst] })).title).toBe(
      'Checkout: disk available on db-01 far from usual',
    );
    const neighbour = { ...signal, service: 'storefront', z: 50 };
    expect(incidentCard(told('investigating', { signals: [signal, neighbour] })).title).toBe(
      'Checkout: error rate of storefront far from usual',
    );
  });

  test('an alert of somebody else has no score; it gives the title only where nothing was measured', () => {
    const alert = { ...signal, kind: 'alert', metric: 'HostDown', server: 'app-03', z: 0 } as Signal;
    const alone = incidentCard(told('investigating', { signals: [alert] }));
    expect(alone.title).toBe('Checkout: alert HostDown on app-03');
    expect(words(alone)).toContain('alert HostDown app-03');
    expect(words(alone)).not.toContain('σ');
    const both = incidentCard(told('investigating', { signals: [alert, signal] }));
    expect(both.title).toBe('Checkout: error rate far from usual');
  });

  test('a service that left the inventory is named by its id', () => {
    expect(incidentCard(told('investigating', { service: undefined })).title).toMatch(/^checkout: /);
  });
});

describe('the thread', () => {
  const diagnosis = logged(10, { kind: 'diagnosis', facts: { hypotheses: [], plan: 'A person must look.' } });
  const evidence = logged(9, { kind: 'evidence', facts: { evidence: [] } });
  const deed = {
    id: 'act-1',
    autonomous: true,
    startedAt: at(20),
    status: 'running',
    output: 'half of it',
    charter: 'ada@1',
    policy: '1',
    question: { what: 'Restart', why: 'A leak.' },
    decision: { kind: 'allow', because: ['It may.'] },
  } as unknown as Action;
  const asked = { part: 'apr-1', card: { title: 'Please decide' } as Card, at: at(15) };

  test('tells what happened in the order in which it did, by names that stay', () => {
    const entries = [evidence, diagnosis, escalated];
    const posts = threadOf(told('escalated', { entries }), [deed], [asked]);
    expect(posts.map(({ part }) => part)).toEqual([
      '0-evidence',
      '1-diagnosis',
      'apr-1',
      'act-1',
      '2-escalated',
    ]);
    const fewer = threadOf(told('investigating', { entries: [evidence] }), [], []);
    expect(fewer.map(({ part }) => part)).toEqual(['0-evidence']);
  });

  test('a deed that was asked for is told by its approval alone', () => {
    expect(threadOf(told('remediating', { entries: [] }), [{ ...deed, autonomous: false }], [])).toEqual([]);
  });

  test('output is shown when the deed has ended, not before', () => {
    const quotes = (status: Action['status']) =>
      words(threadOf(told('remediating', { entries: [] }), [{ ...deed, status }], [])[0]?.card as Card);
    expect(quotes('running')).not.toContain('half of it');
    expect(quotes('done')).toContain('{"kind":"quote","text":"half of it"}');
  });

  const dana = 'p-dba' as PersonId;
  const stepped: [Happening, title: string, words: string][] = [
    [{ kind: 'paused', facts: { person: dana } }, 'Paused', 'Nothing new begins until it is resumed'],
    [{ kind: 'resumed', facts: { person: dana } }, 'Resumed', 'I go on where I was.'],
    [
      { kind: 'skipped', facts: { person: dana, step: 1, what: 'Restart' } },
      'Step 2 skipped',
      'Restart is left out.',
    ],
    [
      { kind: 'chosen', facts: { person: dana, says: 'a leak', plan: 'Runbook "R" mends it.' } },
      'Another cause',
      'a leak. Runbook',
    ],
    [
      { kind: 'redirected', facts: { person: dana, to: 'db-02', not: ['web-01'] } },
      'Looking elsewhere',
      'I look at db-02, not at web-01.',
    ],
  ];
  test.each(stepped)('says whose word it was when a person steps in: %j', (happening, title, says) => {
    const [post] = threadOf(told('investigating', { entries: [logged(5, happening)] }), [], []);
    expect(post?.card.title).toBe(title);
    expect(words(post?.card as Card)).toContain('"By ",{"person":"p-dba"}');
    expect(words(post?.card as Card).replaceAll('\\', '')).toContain(says);
  });

  test('says what did not help and what of it is undone', () => {
    const unmended = logged(40, { kind: 'unmended', facts: { because: 'it got worse.', metrics: [] } });
    const undone = logged(50, { kind: 'undone', facts: { lines: ['Undone: "A".', 'Not undone: "B".'] } });
    const posts = threadOf(told('undoing', { entries: [unmended, undone] }), [], []);
    expect(posts.map(({ card }) => card.title)).toEqual(['It did not help', 'What is undone']);
    expect(words(posts[1]?.card as Card)).toContain('Not undone');
  });

  test('who is needed is mentioned where a phone shows it', () => {
    const [post] = threadOf(told('escalated'), [], []);
    expect(post?.card.fallback).toEqual([{ person: robin }, ' inc-7 needs a person: No known cause fits.']);
  });
});
