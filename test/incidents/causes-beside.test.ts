// Causes that take two witnesses: what only looks like one is left alone also where something else is broken at the same place.
import { describe, expect, test } from 'vitest';
import { faults } from '../../src/estate/faults/all.ts';
import type { Fault, Target } from '../../src/estate/faults/fault.ts';
import { lookAlikes } from '../../src/estate/faults/look-alikes.ts';
import { noises } from '../../src/estate/faults/noises.ts';
import { diagnose } from '../../src/incidents/diagnose.ts';
import type { Gathered } from '../../src/incidents/evidence/gathered.ts';
import { gathered, placesOf, symptomsOf } from './symptoms.ts';

/** Below this nothing is proposed. */
const least = 0.5;

const kinds = [
  ...[
    'lock-contention',
    'inode-exhaustion',
    'certificate-expiry',
    'dns-failure',
    'ntp-drift',
    'network-loss',
  ],
  ...['slow-queries', 'replication-lag', 'dependency-down', 'cache-stampede', 'storage-controller'],
  'noisy-neighbour',
];
const places = (fault: Fault) => placesOf(fault).map((target) => ({ fault, target }));
const broken = faults.flatMap(places);
const apart = [...lookAlikes, ...noises].flatMap(places);
const share = (a: Target, b: Target) =>
  a.service === b.service || (a.server !== undefined && a.server === b.server);
const where = ({ service, server }: Target) => (server ? `${service} on ${server}` : service);
const proposed = (found: Gathered) => diagnose(found).filter(({ confidence }) => confidence >= least);

describe('beside what looks like something else at the same place', () => {
  test.each(broken.map((one) => ({ what: `${one.fault.name} of ${where(one.target)}`, ...one })))(
    '$what is told as nothing else',
    ({ fault, target }) => {
      const own = symptomsOf(fault, target);
      const near = apart.filter((one) => share(one.target, target));
      expect(near.length).toBeGreaterThan(0);
      const wrong = near.flatMap((one) =>
        proposed(gathered([own, symptomsOf(one.fault, one.target)]))
          .filter(({ kind }) => kinds.includes(kind) && kind !== fault.name)
          .map(
            ({ kind, confidence }) => `${kind} ${confidence} by ${one.fault.name} of ${where(one.target)}`,
          ),
      );
      expect(wrong).toEqual([]);
    },
  );

  const mine = broken.filter(({ fault }) => kinds.includes(fault.name));
  test.each(mine.map((one) => ({ what: `${one.fault.name} of ${where(one.target)}`, ...one })))(
    '$what is told all the same',
    ({ fault, target }) => {
      const own = symptomsOf(fault, target);
      const near = apart.filter((one) => share(one.target, target));
      const missed = near.filter(({ fault: like, target: at }) => {
        const all = proposed(gathered([own, symptomsOf(like, at)]));
        return !all.some(({ kind, known }) => kind === fault.name && known.service === target.service);
      });
      expect(missed.map((one) => `beside ${one.fault.name} of ${where(one.target)}`)).toEqual([]);
    },
  );
});

describe('one witness alone', () => {
  const mine = broken.filter(({ fault }) => kinds.includes(fault.name));
  const alone = mine.flatMap(({ fault, target }) => {
    const { off, lines } = symptomsOf(fault, target);
    const outcomes = off.filter(({ about, metric }) => about === 'service' && metric !== 'partner_timeouts');
    const own = off.filter((one) => !outcomes.includes(one));
    const errors = [
      ...outcomes,
      { metric: 'error_rate', about: 'service' as const, subject: target.service, z: 12 },
    ];
    return [
      {
        what: `${fault.name} of ${where(target)}: its metrics`,
        all: { off: [...own, ...errors], lines: [] },
      },
      { what: `${fault.name} of ${where(target)}: its lines`, all: { off: errors, lines } },
    ];
  });
  test.each(alone)('$what, where the service fails anyway', ({ all }) => {
    expect(proposed(gathered([all]))).toEqual([]);
  });

  test('a single line, whatever it says, is anybody’s', () => {
    for (const { fault, target } of mine) {
      const { off, lines } = symptomsOf(fault, target);
      expect(proposed(gathered([{ off, lines: lines.slice(0, 1) }]))).toEqual([]);
    }
  });
});
