// The playbooks that ship are what Ansible takes; one of them is run for real where Ansible is installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { readManifests } from '../src/manifests.ts';
import { installed } from './systems/real.ts';

const folder = 'manifests/playbooks';
const files = readdirSync(folder);
const isThere = installed('ansible-playbook');
const { runbooks } = readManifests('manifests');

/** Runs playbooks on this machine, and as who runs the tests; returns how it ended and what was printed. */
function play(which: string[], path: string, ...more: string[]): { code: number; out: string } {
  const here = ['-i', 'localhost,', '-c', 'local', '-e', 'ansible_become=false'];
  const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
  try {
    const out = execFileSync(
      'ansible-playbook',
      [...here, ...more, ...which.map((file) => join(folder, file))],
      {
        env,
        stdio: 'pipe',
      },
    );
    return { code: 0, out: String(out) };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: Buffer };
    return { code: status, out: String(stdout) };
  }
}

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const uses = runbooks.flatMap(({ steps }) => steps.filter(({ tool }) => `${tool}.yml` === file));

  test('uses every variable that its runbooks give', () => {
    const given = uses.flatMap((step) => Object.keys(step.arguments));
    expect(given.filter((name) => !new RegExp(`\\{[^}]*\\b${name}\\b|${name} (in|==) `).test(text))).toEqual(
      [],
    );
  });

  test('names modules in full, and needs none but Ansible’s own', () => {
    const [{ tasks }] = parse(text) as [{ tasks: Record<string, unknown>[] }];
    const modules = tasks.map((task) => Object.keys(task).find((key) => key.includes('.')));
    expect(modules.length).toBeGreaterThan(0);
    for (const name of modules) expect(name).toMatch(/^ansible\.builtin\./);
  });
});

test.skipIf(!isThere)('all of them are what Ansible takes', () => {
  const any = ['service', 'version'].flatMap((name) => ['-e', `${name}=any`]);
  const { code, out } = play(files, '', '--syntax-check', '-e', 'server=localhost', ...any);
  expect(code).toBe(0);
  expect(out.match(/^playbook: /gm)).toHaveLength(files.length);
});

describe.skipIf(!isThere)('balance-server.yml, run here beside a load balancer that is a script', () => {
  const servers = [
    '3 be_search 1 search-01 - 2 0',
    '3 be_search 2 search-02 - 2 0',
    '4 be_web 1 web-01 - 2 0',
  ];
  const run = (...vars: string[]) => {
    const path = mkdtempSync(join(tmpdir(), 'roster-balancer-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    const told = join(path, 'told');
    const answer = ['1', '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state', ...servers];
    const script = `#!/bin/sh\nread line; echo "$line" >> ${told}\nprintf '${answer.join('\\n')}\\n'\n`;
    writeFileSync(join(path, 'socat'), script, { mode: 0o755 });
    const { code, out } = play(['balance-server.yml'], path, ...vars.flatMap((one) => ['-e', one]));
    return { code, out, told: readFileSync(told, 'utf8').trim().split('\n') };
  };

  test('takes a server out of each of its back ends', () => {
    const { code, told } = run('server=search-01', 'state=drain');
    expect([code, ...told]).toEqual([0, 'show servers state', 'set server be_search/search-01 state drain']);
  });

  test('leaves the last one in', () => {
    const { code, out, told } = run('server=web-01', 'state=drain');
    expect(code).not.toBe(0);
    expect(out).toContain('web-01 is the last that serves be_web.');
    expect(told).toEqual(['show servers state']);
  });
});
