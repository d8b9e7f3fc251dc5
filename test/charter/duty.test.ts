import { describe, expect, test } from 'vitest';
import type { Charter, Duty } from '../../src/charter/charter.ts';
import { onDuty, standInFor, takesOn, unheldDuties } from '../../src/charter/duty.ts';
import { ada } from '../actions/story.ts';

const of = (worker: string, duties: Duty[], services?: string[]): Charter => ({
  ...ada,
  worker: worker as Charter['worker'],
  duties,
  ...(services && { services }),
});
const all = of('all', ['monitoring', 'analysis', 'routing', 'resolution']);
const rex = of('rex', ['resolution']);
const olaf = of('olaf', ['resolution'], ['orders']);

describe('who has a duty for a service', () => {
  const rows: [what: string, charters: Charter[], duty: Duty, service: string, who: string | undefined][] = [
    ['the only one, of all duties', [all], 'routing', 'orders', 'all'],
    ['the one that names the service', [rex, olaf], 'resolution', 'orders', 'olaf'],
    ['for others the one that names none', [rex, olaf], 'resolution', 'search', 'rex'],
    ['nobody has it', [rex, olaf], 'analysis', 'orders', undefined],
    ['nobody has it for this service', [olaf], 'resolution', 'search', undefined],
    ['while it changes hands, the one with fewer duties', [all, rex], 'resolution', 'search', 'rex'],
  ];
  test.each(rows)('%s', (_, charters, duty, service, who) => {
    expect(onDuty(charters, duty, service)?.worker).toBe(who);
    expect(onDuty(charters.toReversed(), duty, service)?.worker).toBe(who);
  });
});

describe('who stands in for one that does not do it', () => {
  const rows: [what: string, charters: Charter[], duty: Duty, who: string | undefined][] = [
    ['another with the duty, though for other services', [rex, olaf], 'resolution', 'olaf'],
    ['one of all duties', [rex, all], 'resolution', 'all'],
    ['nobody, where there is no other', [rex], 'resolution', undefined],
    ['nobody, where others have other duties', [rex, of('nora', ['routing'])], 'resolution', undefined],
  ];
  test.each(rows)('%s', (_, charters, duty, who) => {
    expect(standInFor(charters, { worker: rex.worker, duty, service: 'search' })?.worker).toBe(who);
  });
});

test('a duty that nobody has is named, with the services it is missing for and what to do', () => {
  const charters = [of('ada', ['monitoring', 'analysis', 'routing']), olaf];
  expect(unheldDuties([all], ['orders', 'search'])).toEqual([]);
  expect(unheldDuties(charters, ['orders', 'search'])).toEqual([
    'No charter has the duty resolution for search: give it to a worker in manifests/workers.',
  ]);
  expect(unheldDuties([olaf], ['orders'])[0]).toBe(
    'No charter has the duty monitoring: give it to a worker in manifests/workers.',
  );
});

test('the bar and the minutes of handoffs are the charter’s, else the usual ones', () => {
  expect(takesOn(rex)).toEqual({ bar: 0.5, minutes: 5 });
  expect(takesOn({ ...rex, handoff: { bar: 0.8, minutes: 2 } })).toEqual({ bar: 0.8, minutes: 2 });
});
