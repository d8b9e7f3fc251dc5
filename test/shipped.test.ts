// What ships under manifests/ fits together: charters, policy, runbooks and metrics, with the tools and causes in the code.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { signedFor } from '../src/charter/operating.ts';
import { faults } from '../src/estate/faults/all.ts';
import { fill, runbookFor } from '../src/knowledge/runbook.ts';
import { readManifests } from '../src/manifests.ts';
import { decide } from '../src/policy/decide.ts';
import type { Facts, Kind, Target } from '../src/policy/facts.ts';
import { toolsOn } from './tools/all.ts';

const { charters, policy, operating, runbooks, metrics } = readManifests('manifests');
const tools = Object.values(toolsOn());
const notTools = ['tool.ts', 'awx-template.ts', 'argument.ts'];
const toolFiles = readdirSync('src/tools').filter((name) => !notTools.includes(name));
const known = { service: 'checkout', server: 'app-01', version: '2.1', previous_version: '2.0' };

test('this test knows every tool', () => {
  expect(tools.map(({ name }) => `${name}.ts`).toSorted()).toEqual(toolFiles.toSorted());
});

describe.each(runbooks.map((one) => ({ id: one.id, runbook: one })))('the runbook $id', ({ runbook }) => {
  test.each(runbook.steps)('fills all that $tool needs', (step) => {
    const tool = tools.find(({ name }) => name === step.tool);
    const filled = fill(step, known);
    expect(filled.kind).toBe('filled');
    if (filled.kind === 'filled')
      expect(tool?.arguments.safeParse(filled.arguments)).toMatchObject({ success: true });
  });
});

test('the tool of every step has a playbook of its name that ships', () => {
  const playbooks = readdirSync('manifests/playbooks').map((name) => name.replace('.yml', ''));
  const wanted = runbooks.flatMap(({ steps }) => steps.map(({ tool }) => tool));
  expect([...new Set(wanted)].toSorted()).toEqual(playbooks.toSorted());
});

test('every cause, and every fault of the trial, has a runbook', () => {
  const causes = readdirSync('src/incidents/causes').filter((name) => name !== 'cause.ts');
  const kinds = [...causes.map((name) => name.replace('.ts', '')), ...faults.map(({ name }) => name)];
  expect(kinds.filter((kind) => !runbookFor(runbooks, 'mends', kind))).toEqual([]);
});

test('what the limit of a metric means is the kind of a cause, and a runbook prevents each', () => {
  const meant = metrics.flatMap(({ foretells }) => foretells ?? []);
  expect(meant.length).toBeGreaterThan(0);
  expect(meant.filter((kind) => !runbookFor(runbooks, 'mends', kind))).toEqual([]);
  expect(meant.filter((kind) => !runbookFor(runbooks, 'prevents', kind))).toEqual([]);
});

test('a charter names only tools that there are, and every tool is on one', () => {
  const named = charters.flatMap(({ authority }) => Object.values(authority).flat());
  // Adopting rules is no tool on a system outside.
  const names = [...tools.map(({ name }) => name), 'adopt'];
  expect(named.toSorted()).toEqual(names.toSorted());
});

test('each duty has a worker of its own, and only resolution may change a system', () => {
  expect(charters.map(({ duties }) => duties)).toEqual([
    ['monitoring'],
    ['analysis'],
    ['routing'],
    ['resolution'],
  ]);
  const changes = ({ authority }: (typeof charters)[number]) =>
    Object.values(authority)
      .flat()
      .filter((name) => tools.some((one) => one.name === name));
  expect(charters.filter((one) => changes(one).length > 0).map(({ duties }) => duties)).toEqual([
    ['resolution'],
  ]);
});

describe('what the shipped charter and policy say together', () => {
  interface On {
    confidence?: number;
    site?: 'trial' | 'real';
    target?: Partial<Target>;
    incident?: boolean;
  }
  function kindOf(
    name: string,
    { confidence = 0.95, site = 'trial', target = {}, incident = true }: On = {},
  ) {
    const rex = charters.find(({ duties }) => duties.includes('resolution'));
    if (!rex || !operating) throw new Error('There is no charter.');
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`There is no tool ${name}.`);
    const facts: Facts = {
      tool,
      target: { id: 'app-01', class: 'app', services: ['checkout'], units: ['shop'], ...target },
      confidence,
      worker: { id: rex.worker, name: rex.name, authority: rex.authority },
      site,
      signedFor: signedFor(operating),
      at: '2026-11-21T14:00:00Z',
      ...(incident && { incident: { autonomousChanges: 0, granted: 8, held: false } }),
    };
    return decide(facts, policy).kind;
  }
  const db: On = { target: { id: 'db-02', class: 'db' } };

  const rows: [tool: string, on: On, kind: Kind][] = [
    ['restart-service', { confidence: 0.9 }, 'allow'],
    ['rotate-logs', { confidence: 0.7 }, 'notify'],
    ['rotate-logs', { confidence: 0.6 }, 'ask'],
    ['rotate-logs', { ...db, confidence: 0.85 }, 'notify'],
    ['rotate-logs', { ...db, confidence: 0.75 }, 'ask'],
    ['rotate-logs', { target: { units: ['money'] } }, 'notify'],
    ['restart-service', db, 'refuse'],
    [
      'scale-consumers',
      { confidence: 0.9, target: { id: 'queue-01', class: 'queue', units: ['money'] } },
      'notify',
    ],
    ['end-sessions', db, 'ask'],
    ['reset-service', {}, 'ask'],
    ['reset-service', db, 'refuse'],
    ['end-blocking-sessions', db, 'ask'],
    ['clean-temporary-files', {}, 'ask'],
    ['renew-certificate', {}, 'allow'],
    ['renew-certificate', { target: { units: ['money'] } }, 'notify'],
    ['restart-resolver', {}, 'allow'],
    ['sync-clock', {}, 'allow'],
    ['warm-cache', { target: { id: 'cache-01', class: 'cache' } }, 'allow'],
    ['fail-over-interface', {}, 'ask'],
    ['end-slow-queries', db, 'ask'],
    ['resume-replication', db, 'ask'],
    ['switch-partner', {}, 'ask'],
    ['balance-server', {}, 'ask'],
    ['move-workload', {}, 'ask'],
    ['reset-password', { incident: false }, 'allow'],
    ['reset-password', { incident: false, target: { window: 'closed' } }, 'allow'],
    ['roll-back-deployment', {}, 'ask'],
    ['change-licence', { incident: false }, 'ask'],
    ['change-configuration', { incident: false }, 'ask'],
    ['change-database', { incident: false }, 'ask'],
    ['change-firewall', { incident: false }, 'ask'],
  ];
  test.each(rows)('%s %j: %s', (name, on, kind) => {
    expect(kindOf(name, on)).toBe(kind);
  });

  test.each(tools)('$name does nothing on a real site', ({ name }) => {
    expect(kindOf(name, { site: 'real' })).toBe('refuse');
  });

  test('high risk needs two people, the first of whom types the target; the rest one, with a second round', () => {
    const { low, medium, high } = policy.ask;
    expect(high).toMatchObject({ type_target: true, minutes: 15 });
    expect(high.seats).toHaveLength(2);
    expect(high.next).toBeUndefined();
    for (const terms of [low, medium]) {
      expect(terms).toMatchObject({ minutes: 240, type_target: false });
      expect(terms.seats).toHaveLength(1);
      expect(terms.next).not.toBeUndefined();
    }
  });
});

test('the metrics that causes are told by are watched', () => {
  const watched = metrics.map(({ name }) => name);
  expect(watched).toEqual(
    expect.arrayContaining(['error_rate', 'latency_p95', 'memory_available', 'disk_available', 'cpu_used']),
  );
});
