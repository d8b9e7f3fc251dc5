// Each kind of cause, told from what its fault does to the company; and what only looks like it, which is left alone.
import { describe, expect, test } from 'vitest';
import { faults } from '../../src/estate/faults/all.ts';
import type { Fault, Target } from '../../src/estate/faults/fault.ts';
import { lookAlikes } from '../../src/estate/faults/look-alikes.ts';
import { noises } from '../../src/estate/faults/noises.ts';
import { diagnose, plan } from '../../src/incidents/diagnose.ts';
import type { Gathered } from '../../src/incidents/evidence/gathered.ts';
import { manifests } from '../shift.ts';
import { gathered, placesOf, type Symptoms, symptomsOf } from './symptoms.ts';

const planned = (found: Gathered) =>
  plan(diagnose(found), manifests.runbooks, { kind: 'incident', direction: null });
const where = ({ service, server }: Target) => (server ? `${service} on ${server}` : service);

function everywhere(all: Fault[]): { what: string; fault: Fault; target: Target }[] {
  return all.flatMap((fault) =>
    placesOf(fault).map((target) => ({ what: `${fault.name} of ${where(target)}`, fault, target })),
  );
}

describe('a fault is told by what it does', () => {
  test.each(everywhere(faults))('$what', ({ fault, target }) => {
    const [first] = diagnose(gathered([symptomsOf(fault, target)]));
    const { service, server } = target;
    expect(first).toMatchObject({ kind: fault.name, known: { service, ...(server && { server }) } });
    expect(first?.confidence).toBeGreaterThanOrEqual(0.8);
  });
});

test('every fault has what looks like it', () => {
  expect(lookAlikes.map(({ name }) => name).toSorted()).toEqual(
    faults.map(({ name }) => `like-${name}`).toSorted(),
  );
});

describe('what only looks like one is left to people', () => {
  test.each(everywhere([...lookAlikes, ...noises]))('$what', ({ fault, target }) => {
    expect(planned(gathered([symptomsOf(fault, target)])).kind).toBe('escalate');
  });
});

describe('what speaks against a cause', () => {
  const of = (name: string, at: Target) => {
    const fault = faults.find((one) => one.name === name);
    if (!fault) throw new Error(`There is no ${name}.`);
    return symptomsOf(fault, at);
  };
  const checkout = { service: 'checkout', server: 'app-01' };
  const first = (all: Symptoms[], changed?: Partial<Gathered>) => {
    const [found] = diagnose(gathered(all, changed));
    return found && `${found.kind} ${found.known.service} on ${found.known.server ?? 'any'}`;
  };
  const ofProcess = of('process-down', checkout);
  const deployment = of('bad-deployment', { service: 'checkout', version: '2.1', replaces: '2.0' });

  test('a process that is started again and again is not merely down', () => {
    expect(first([of('crash-loop', checkout)])).toBe('crash-loop checkout on app-01');
  });

  test('a version that ends as soon as it starts is rolled back, not reset', () => {
    expect(first([of('crash-loop', checkout), deployment])).toBe('bad-deployment checkout on any');
  });

  test('a process that is down is that, though another service was deployed', () => {
    const other = { service: 'search', version: '2.1', replacing: '2.0' };
    expect(first([{ ...ofProcess, deployed: other }])).toBe('process-down checkout on app-01');
  });

  test('a service that is refused by a port of another server does not say that its own process is down', () => {
    const line = 'connect ECONNREFUSED app-02:8080';
    const lines = [{ labels: { app: 'storefront', level: 'error', instance: 'web-01' }, line }];
    expect(first([{ off: [], lines }])).toBeUndefined();
  });

  test('a CPU that is busy collecting garbage is a matter of memory', () => {
    const leak = of('memory-leak', { service: 'catalog', server: 'app-04' });
    expect(first([leak])).toBe('memory-leak catalog on app-04');
  });

  test('many sessions are nobody’s fault while everybody gets one', () => {
    const off = [{ metric: 'connections', about: 'server' as const, subject: 'db-01', z: 12 }];
    expect(first([{ off, lines: [] }])).toBeUndefined();
  });

  test('a service that gets no connection is asked about, though the sessions of its database are as usual', () => {
    const pool = of('connection-pool', { service: 'payments', server: 'db-01' });
    const off = pool.off.filter(({ metric }) => metric !== 'connections');
    expect(diagnose(gathered([{ ...pool, off }]))[0]).toMatchObject({
      kind: 'connection-pool',
      confidence: 0.55,
    });
  });

  test('a service that was restarted twice is not in a loop', () => {
    const lines = [1, 2].map((nth) => ({
      labels: { app: 'checkout', level: 'error', instance: 'app-01' },
      line: `checkout.service: Scheduled restart job, restart counter is at ${nth}.`,
    }));
    expect(first([{ off: [], lines }])).toBeUndefined();
  });
});
