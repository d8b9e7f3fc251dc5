// What ships under manifests/ fits together: charters, policy, runbooks and metrics, with the tools and causes in the code.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { signedFor } from '../src/charter/operating.ts';
import { faults } from '../src/estate/faults/all.ts';
import { fill, runbookFor } from '../src/knowledge/runbook.ts';
import { readManifests } from '../src/manifests.ts';
import { decide } from '../src/policy/decide.ts';
import { openAwx } from '../src/systems/awx/read.ts';
import { openAwxLauncher } from '../src/systems/awx/write.ts';
import { restartService } from '../src/tools/restart-service.ts';
import { rollBackDeployment } from '../src/tools/roll-back-deployment.ts';
import { rotateLogs } from '../src/tools/rotate-logs.ts';

const { charters, policy, operating, runbooks, metrics } = readManifests('manifests');
const access = { url: 'http://127.0.0.1:1', token: 'none' };
const awx = { read: openAwx(access), launch: openAwxLauncher(access) };
const tools = [restartService(awx), rotateLogs(awx), rollBackDeployment(awx)];
const toolFiles = readdirSync('src/tools').filter((name) => !['tool.ts', 'awx-template.ts'].includes(name));
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

test('every cause, and every fault of the trial, has a runbook', () => {
  const causes = readdirSync('src/incidents/causes').filter((name) => name !== 'cause.ts');
  const kinds = [...causes.map((name) => name.replace('.ts', '')), ...faults.map(({ name }) => name)];
  expect(kinds.filter((kind) => !runbookFor(runbooks, kind))).toEqual([]);
});

test('a charter names only tools that there are, and every tool is on one', () => {
  const named = charters.flatMap(({ authority }) => Object.values(authority).flat());
  expect(named.toSorted()).toEqual(tools.map(({ name }) => name).toSorted());
});

test('the workers restart and rotate alone, and ask before a roll-back; none does anything on a real site', () => {
  const [ada] = charters;
  if (!ada || !operating) throw new Error('There is no charter.');
  const kindOf = (name: string, confidence: number, site: 'trial' | 'real') => {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`There is no tool ${name}.`);
    const worker = { name: ada.name, authority: ada.authority };
    const incident = { autonomousChanges: 0, granted: 8, held: false };
    const facts = {
      tool,
      target: 'app-01',
      confidence,
      worker,
      site,
      signedFor: signedFor(operating),
      incident,
    };
    return decide(facts, policy).kind;
  };
  expect(kindOf('restart-service', 0.9, 'trial')).toBe('allow');
  expect(kindOf('rotate-logs', 0.7, 'trial')).toBe('notify');
  expect(kindOf('rotate-logs', 0.6, 'trial')).toBe('ask');
  expect(kindOf('roll-back-deployment', 0.95, 'trial')).toBe('ask');
  for (const { name } of tools) expect(kindOf(name, 0.95, 'real')).toBe('refuse');
});

test('the metrics that causes are told by are watched', () => {
  const watched = metrics.map(({ name }) => name);
  expect(watched).toEqual(
    expect.arrayContaining(['error_rate', 'latency_p95', 'memory_available', 'disk_available', 'cpu_used']),
  );
});
