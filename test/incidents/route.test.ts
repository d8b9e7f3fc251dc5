import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import type { PersonId } from '../../src/ids.ts';
import type { Handoff } from '../../src/incidents/handoffs/handoff.ts';
import { isLate, judge, lineOf } from '../../src/incidents/handoffs/handoff.ts';
import { type Matter, type Route, route } from '../../src/incidents/route.ts';
import { server, service } from '../../src/inventory/inventory.ts';
import { ada } from '../actions/story.ts';
import { manifests } from '../shift.ts';

const runbook = manifests.runbooks.find(({ id }) => id === 'bad-deployment');
if (!runbook) throw new Error('There is no runbook for a bad deployment.');
const cause = {
  ...{ kind: 'bad-deployment', says: 'checkout 2.1 is failing', confidence: 0.92, known: {} },
  ...{ for: ['E1', 'E3'], against: [] },
};
const known = { kind: 'runbook' as const, cause, runbook, because: 'Runbook "x" mends it.' };
const unknown = { kind: 'escalate' as const, because: 'No known cause fits.' };
const matter = (on: string, changed: Partial<Matter> = {}): Matter => ({
  ...{ kind: 'incident', severity: 3, minutesOpen: 1, plan: known, server: undefined },
  service: service(fernwood, on),
  now: new Date('2026-11-21T12:00:00Z'),
  ...changed,
});
const robin = 'p-oncall' as PersonId;
const dana = 'p-dba' as PersonId;

describe('routing weighs what is at stake', () => {
  const rows: [what: string, matter: Matter, routed: Partial<Route>][] = [
    [
      'a known runbook goes to resolution; little at stake tells nobody by name',
      matter('search'),
      { kind: 'runbook', impact: 'normal', tell: [] },
    ],
    ['much revenue tells the owner', matter('payments'), { kind: 'runbook', impact: 'high', tell: [dana] }],
    [
      'many users tell the owner',
      matter('search', { service: { ...must('search'), usersPerHour: 9_000 } }),
      { impact: 'high', tell: [robin] },
    ],
    ['severity 1 tells the owner', matter('search', { severity: 1 }), { impact: 'high', tell: [robin] }],
    ['more than half of the agreed time left', matter('orders', { minutesOpen: 59 }), { impact: 'normal' }],
    ['less than half of it left', matter('orders', { minutesOpen: 61 }), { impact: 'high', tell: [dana] }],
    [
      'no runbook goes to people, with the owner where much is at stake',
      matter('payments', { plan: unknown }),
      { kind: 'escalate', because: unknown.because, asks: { roles: [], people: [dana] } },
    ],
    [
      'on a database to who knows databases',
      matter('search', { plan: unknown, server: server(fernwood, 'db-01') }),
      { kind: 'escalate', asks: { roles: ['database-owner'], people: [] } },
    ],
    [
      'what is only foretold is at nobody’s cost yet',
      matter('payments', { kind: 'prediction', severity: 1 }),
      { kind: 'runbook', impact: 'normal', tell: [] },
    ],
    [
      'what is in no inventory has nobody to tell',
      matter('nowhere', { severity: 4 }),
      { impact: 'normal', stakes: 'It is not in the inventory, so nobody knows what is at stake.' },
    ],
  ];
  test.each(rows)('%s', (_, given, routed) => {
    expect(route(given)).toMatchObject(routed);
  });

  const stakes: [matter: Matter, says: string][] = [
    [
      matter('checkout', { severity: 1, minutesOpen: 1.5 }),
      'At stake: SEV1, EUR 380 a minute, 1,400 people an hour, 28 min of the agreed time left.',
    ],
    [
      matter('checkout', { severity: 1, minutesOpen: 42 }),
      'At stake: SEV1, EUR 380 a minute, 1,400 people an hour, the agreed time is over since 12 min.',
    ],
    [
      matter('search', { kind: 'prediction' }),
      'At stake if it comes: SEV3, EUR 70 a minute, 3,400 people an hour.',
    ],
    [
      matter('checkout', { severity: 1, now: new Date('2026-11-24T02:30:00Z') }),
      'At stake: SEV1, EUR 380 a minute, 1,400 people an hour, 29 min of the agreed time left, its maintenance window is open.',
    ],
  ];
  test.each(stakes)('and says it: %#', (given, says) => {
    expect(route(given).stakes).toBe(says);
  });

  function must(id: string) {
    const found = service(fernwood, id);
    if (!found) throw new Error(`There is no ${id}.`);
    return found;
  }
});

const rex = { ...ada, name: 'Rex', duties: ['resolution' as const], handoff: { bar: 0.6, minutes: 5 } };
const nora = { worker: 'nora' as never, duty: 'routing' as const };
const handoff = (changed: Partial<Handoff> = {}): Handoff => ({
  ...{ id: '1', incident: 'inc-1' as never, from: nora, intent: 'roll checkout back', confidence: 0.92 },
  to: { worker: rex.worker, duty: 'resolution' },
  ...{ reasoning: ['It fails.'], evidence: ['E1', 'E3'], at: new Date('2026-11-21T12:00:00Z') },
  ...{ acceptedAt: null, acceptedBy: null, refused: null },
  ...changed,
});

describe('a worker takes a handoff on, or not', () => {
  const below =
    'Rex takes on nothing below 60 %, and this is 59 % sure, so a person must decide how to go on.';
  const gone = "Rex's charter no longer has the duty resolution, so a person must decide how to go on.";
  const rows: [what: string, given: Handoff, charter: typeof ada, because: string | undefined][] = [
    ['above its bar', handoff(), rex, undefined],
    ['at its bar', handoff({ confidence: 0.6 }), rex, undefined],
    ['below its bar', handoff({ confidence: 0.599 }), rex, below],
    ['from a person, whatever the bar', handoff({ confidence: 0, from: { person: robin } }), rex, undefined],
    ['not any more its duty', handoff(), { ...rex, duties: ['analysis'] }, gone],
  ];
  test.each(rows)('%s', (_, given, charter, because) => {
    expect(judge(given, charter)).toEqual(because ? { kind: 'refuse', because } : { kind: 'accept' });
  });

  const minutesOn = (minutes: number) => new Date(handoff().at.getTime() + minutes * 60_000);
  const late: [what: string, given: Handoff, charter: typeof ada | undefined, at: Date, late: boolean][] = [
    ['within its minutes it may still be taken', handoff(), rex, minutesOn(5), false],
    ['after them it is late', handoff(), rex, minutesOn(5.01), true],
    ['accepted it never is', handoff({ acceptedAt: minutesOn(1) }), rex, minutesOn(60), false],
    ['nor refused', handoff({ refused: 'No.' }), rex, minutesOn(60), false],
    ['whose receiver is gone it is at once', handoff(), undefined, minutesOn(0), true],
  ];
  test.each(late)('%s', (_, given, charter, at, is) => {
    expect(isLate(given, charter, at)).toBe(is);
  });
});

test('a handoff is one line, in which signals are not repeated', () => {
  const names = { from: 'Nora', to: 'Rex' };
  expect(lineOf(handoff(), names)).toBe('Nora → Rex: roll checkout back, 92 % sure, because E1, E3');
  expect(lineOf(handoff({ confidence: 0, evidence: ['sig-1'] }), names)).toBe(
    'Nora → Rex: roll checkout back',
  );
});
