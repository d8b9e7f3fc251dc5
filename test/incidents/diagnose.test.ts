import { describe, expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { diagnose, plan } from '../../src/incidents/diagnose.ts';
import type { Gathered } from '../../src/incidents/evidence/gathered.ts';
import { serversOf } from '../../src/inventory/inventory.ts';
import type { Reading } from '../../src/monitoring/reading.ts';
import { manifests } from '../shift.ts';

const onset = new Date('2026-11-20T10:00:00Z');
const minutes = (before: number) => new Date(onset.getTime() - before * 60_000);
const services = fernwood.services.map(({ id }) => id);

const reading = (metric: string, subject: string, z: number): Reading => {
  const about = services.includes(subject) ? 'service' : 'server';
  return { metric, subject, about, z, says: metric, unit: '', value: 1, mean: 1, deviation: 1 };
};
const error = (app: string, line: string, instance?: string) => {
  return { at: onset, line, labels: { app, level: 'error', ...(instance && { instance }) } };
};
const deployed = (service: string, before: number, version = '2.1', replacing = '2.0') => {
  return { at: minutes(before), service, version, replacing };
};

/** What was found; what is not named is as usual. */
function found(changed: Partial<Gathered>): Gathered {
  const servers = [...new Set(services.flatMap((one) => serversOf(fernwood, one)))];
  const placed = servers.map(({ id, services: runs }) => ({ server: id, services: runs }));
  const none = {
    readings: [],
    past: [],
    errors: [],
    deployments: [],
    changes: [],
    troubles: [],
    elsewhere: [],
  };
  const nothing = { ...none, calls: [], symptom: undefined };
  return { services, onset, ...nothing, placed, evidence: [], ...changed };
}

/** `92 bad-deployment checkout 2.1←2.0`: the confidence, the cause and what it is about. */
function told(changed: Partial<Gathered>): string[] {
  return diagnose(found(changed)).map(({ confidence, kind, known }) => {
    const { service = '?', server, version, previous_version: before } = known;
    const about = version ? `${service} ${version}←${before}` : `${service} on ${server}`;
    return `${Math.round(confidence * 100)} ${kind} ${about}`;
  });
}

const failing = [reading('error_rate', 'checkout', 30), reading('latency_p95', 'checkout', 20)];
const throwing = error('checkout', 'TypeError at price (checkout@2.1/price.js:88)');
const lowMemory = reading('memory_available', 'app-03', 9);
const heap = error('payments', 'java.lang.OutOfMemoryError: Java heap space', 'app-03');
const lowDisk = reading('disk_available', 'db-01', 15);
const noSpace = error('orders', 'write failed: No space left on device (ENOSPC)', 'db-01');

describe('a bad deployment', () => {
  const rows: [what: string, changed: Partial<Gathered>, causes: string[]][] = [
    [
      'errors, and lines that name the version',
      { readings: failing, errors: [throwing], deployments: [deployed('checkout', 2)] },
      ['92 bad-deployment checkout 2.1←2.0'],
    ],
    [
      'errors alone',
      { readings: failing, deployments: [deployed('checkout', 2)] },
      ['72 bad-deployment checkout 2.1←2.0'],
    ],
    [
      'slow, without errors',
      { readings: [reading('latency_p95', 'checkout', 9)], deployments: [deployed('checkout', 2)] },
      ['45 bad-deployment checkout 2.1←2.0'],
    ],
    [
      'seen in the log of deployments half a minute after the signal',
      { readings: failing, deployments: [deployed('checkout', -0.5)] },
      ['72 bad-deployment checkout 2.1←2.0'],
    ],
    [
      'long before it began',
      { readings: failing, errors: [throwing], deployments: [deployed('checkout', 31)] },
      [],
    ],
    ['after it began', { readings: failing, deployments: [deployed('checkout', -5)] }, []],
    ['of another service, which is well', { readings: failing, deployments: [deployed('catalog', 2)] }, []],
    ['that nothing suffers from', { deployments: [deployed('checkout', 2)] }, []],
    [
      'not far enough off',
      { readings: [reading('error_rate', 'checkout', 3.9)], deployments: [deployed('checkout', 2)] },
      [],
    ],
    [
      'before another one: only what runs now is blamed',
      {
        readings: failing,
        errors: [throwing],
        deployments: [deployed('checkout', 2, '2.2', '2.1'), deployed('checkout', 9, '2.1', '2.0')],
      },
      ['72 bad-deployment checkout 2.2←2.1'],
    ],
    [
      'of a service that calls the one that fails: the victim is second',
      {
        readings: [...failing, reading('latency_p95', 'storefront', 8)],
        errors: [throwing],
        deployments: [deployed('checkout', 2), deployed('storefront', 20, '7.0', '6.9')],
      },
      ['92 bad-deployment checkout 2.1←2.0', '15 bad-deployment storefront 7.0←6.9'],
    ],
    [
      'rolled back already: what is back is no new version, and what it replaced is not put there again',
      {
        readings: failing,
        deployments: [deployed('checkout', 1, '2.0', '2.1'), deployed('checkout', 5)],
      },
      [],
    ],
    [
      'with the same version as a neighbour: the lines of one do not speak against the other',
      {
        readings: [...failing, reading('latency_p95', 'storefront', 8)],
        errors: [throwing],
        deployments: [deployed('storefront', 3), deployed('checkout', 2)],
      },
      ['92 bad-deployment checkout 2.1←2.0', '45 bad-deployment storefront 2.1←2.0'],
    ],
  ];
  test.each(rows)('%s', (_, changed, causes) => expect(told(changed)).toEqual(causes));

  const lines: [line: string, named: boolean][] = [
    ['version=2.1 failed', true],
    ['checkout-2.1 crashed', true],
    ['failed in v2.1.', true],
    ['(checkout@2.1/price.js)', true],
    ['version=2.10', false],
    ['version=12.1', false],
    ['version=1.2.1', false],
    ['version=2.1.4', false],
    ['version=2.1-rc1', false],
    ['took 12.15 ms, then 2.1 s', true],
    ['took 12.15 ms', false],
  ];
  test.each(lines)('the line "%s" speaks of version 2.1: %s', (line, named) => {
    const [confidence] = told({
      readings: failing,
      errors: [error('checkout', line)],
      deployments: [deployed('checkout', 2)],
    });
    expect(confidence).toBe(`${named ? 92 : 72} bad-deployment checkout 2.1←2.0`);
  });
});

describe('a memory leak', () => {
  const rows: [what: string, changed: Partial<Gathered>, causes: string[]][] = [
    [
      'low memory, complaints, slowness',
      { readings: [lowMemory, reading('latency_p95', 'payments', 6)], errors: [heap] },
      ['90 memory-leak payments on app-03'],
    ],
    [
      'low memory and complaints',
      { readings: [lowMemory], errors: [heap] },
      ['80 memory-leak payments on app-03'],
    ],
    [
      'low memory on a server of one service, with no line',
      { readings: [reading('memory_available', 'app-01', 9)] },
      ['30 memory-leak checkout on app-01'],
    ],
    ['low memory on a server of two, with no line: nobody is accused', { readings: [lowMemory] }, []],
    [
      'complaints of another server',
      { readings: [lowMemory], errors: [{ ...heap, labels: { app: 'payments', instance: 'app-02' } }] },
      [],
    ],
    [
      'lines that only look like it',
      {
        readings: [reading('memory_available', 'app-01', 9)],
        errors: [error('checkout', 'no room for a cheap zoom', 'app-01')],
      },
      ['30 memory-leak checkout on app-01'],
    ],
    ['more memory than usual', { readings: [reading('memory_available', 'app-01', -9)] }, []],
    [
      'after a recent deployment of the same service: the leak explains it better',
      {
        readings: [lowMemory, reading('latency_p95', 'payments', 6)],
        errors: [heap],
        deployments: [deployed('payments', 10)],
      },
      ['90 memory-leak payments on app-03', '0 bad-deployment payments 2.1←2.0'],
    ],
  ];
  test.each(rows)('%s', (_, changed, causes) => expect(told(changed)).toEqual(causes));
});

describe('a full disk', () => {
  const rows: [what: string, changed: Partial<Gathered>, causes: string[]][] = [
    [
      'little space, and nothing can be written',
      { readings: [lowDisk], errors: [noSpace] },
      ['90 full-disk orders on db-01'],
    ],
    ['little space, with no line', { readings: [lowDisk] }, ['40 full-disk orders on db-01']],
    [
      'next to no space, with no line',
      { readings: [{ ...lowDisk, value: 0.1 }] },
      ['60 full-disk orders on db-01'],
    ],
    ['a line alone', { errors: [noSpace] }, []],
    [
      'a line of another server',
      { readings: [lowDisk], errors: [{ ...noSpace, labels: { app: 'orders', instance: 'queue-01' } }] },
      ['40 full-disk orders on db-01'],
    ],
    [
      'with errors, shortly after a deployment of a service there',
      {
        readings: [lowDisk, reading('error_rate', 'orders', 8)],
        errors: [noSpace],
        deployments: [deployed('orders', 12)],
      },
      ['90 full-disk orders on db-01', '22 bad-deployment orders 2.1←2.0'],
    ],
    [
      'on two servers at once: each is told',
      { readings: [lowDisk, reading('disk_available', 'web-01', 5)], errors: [noSpace] },
      ['90 full-disk orders on db-01', '40 full-disk storefront on web-01'],
    ],
  ];
  test.each(rows)('%s', (_, changed, causes) => expect(told(changed)).toEqual(causes));
});

describe('the plan', () => {
  const { runbooks } = manifests;
  const [leak] = diagnose(found({ readings: [lowMemory], errors: [heap] }));
  if (!leak) throw new Error('No leak was found.');

  const of = { kind: 'incident', direction: null } as const;
  const ahead = { ...of, kind: 'prediction' } as const;

  test('follows the runbook of the likeliest cause', () => {
    expect(plan([leak], runbooks, of)).toMatchObject({
      kind: 'runbook',
      cause: leak,
      runbook: { id: 'memory-leak' },
    });
  });

  test('of what is only foretold, the one that prevents it', () => {
    expect(plan([leak], runbooks, ahead)).toMatchObject({
      runbook: { id: 'growing-memory' },
      because: 'Runbook "Restart a service before it has used up the memory" prevents memory-leak.',
    });
  });

  const rows: [what: string, planned: ReturnType<typeof plan>, because: string][] = [
    ['no cause', plan([], runbooks, of), 'No known cause fits what was found, so a person must look.'],
    ['no runbook', plan([leak], [], of), 'There is no runbook for memory-leak, so a person must mend it.'],
    [
      'what is less likely than not',
      plan([{ ...leak, confidence: 0.49 }], runbooks, of),
      "Perhaps payments on app-03 is using up the server's memory, but that is less likely than not (49 %), so a person must look.",
    ],
    [
      'nothing that prevents it',
      plan([{ ...leak, kind: 'bad-deployment' }], runbooks, ahead),
      'There is no preventive runbook for bad-deployment, so a person should look.',
    ],
    [
      'a fact that was not found',
      plan([{ ...leak, known: { service: 'payments' } }], runbooks, of),
      'The step restart-service needs server, which was not found.',
    ],
  ];
  test.each(rows)('asks a person with %s', (_, planned, because) => {
    expect(planned).toEqual({ kind: 'escalate', because });
  });
});
