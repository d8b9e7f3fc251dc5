import { server, serversOf, service } from '../inventory/inventory.ts';
import { serverPlaybooks } from './server-playbooks.ts';
import { servicePlaybooks } from './service-playbooks.ts';
import { targetPlaybooks } from './target-playbooks.ts';
import type { Change } from './targets.ts';
import { deployments } from './versions.ts';
import type { AwxJob, World } from './world.ts';

/** What the company's AWX can run. */
export interface Playbook {
  id: number;
  name: string;
  description: string;
  /** The variables it cannot do without. */
  needs: string[];
  asksLimit: boolean;
  task(vars: Vars): string;
  /** What it does to what is stored, or why it fails, with these variables. Pure. */
  effect(vars: Vars, world: World, at: Date): Effect;
  hosts(vars: Vars, world: World): string[];
}

export type Vars = Record<string, string>;
export type Effect = Change | { kind: 'nothing' } | { kind: 'refused'; because: string };

const nothing: Effect = { kind: 'nothing' };

const rollBack: Playbook = {
  id: 9,
  name: 'roll-back-deployment',
  description: 'Put an earlier version of a service back in place',
  needs: ['service', 'version'],
  asksLimit: false,
  task: (vars) => `Deploy ${vars.service} ${vars.version}`,
  effect: (vars, world, at) => {
    if (!service(world.inventory, vars.service ?? ''))
      return { kind: 'refused', because: `No deployment is called ${vars.service}` };
    const known = deployments(world, vars.service ?? '', at).some(({ version, replacing }) =>
      [version, replacing].includes(vars.version ?? ''),
    );
    if (known) return nothing;
    return { kind: 'refused', because: `Version ${vars.version} of ${vars.service} is not in the registry` };
  },
  hosts: (vars, { inventory }) => {
    const runs = serversOf(inventory, vars.service ?? '').filter(({ class: of }) =>
      ['web', 'app', 'search'].includes(of),
    );
    return runs.map(({ id }) => id);
  },
};

export const playbooks: Playbook[] = [...servicePlaybooks, ...serverPlaybooks, rollBack, ...targetPlaybooks];

interface Ran {
  status: 'successful' | 'failed';
  stdout: string;
  /** The hosts it changed something on. */
  touched: string[];
  effect: Effect;
}

/**
 * What a job printed, how it ended and what it changed: a job that has ended keeps its end, however the world is
 * now. Throws for a template there is none of.
 */
export function run(job: AwxJob, world: World): Ran {
  const playbook = playbooks.find(({ name }) => name === job.template);
  if (!playbook)
    throw new Error(
      `The data folder holds an AWX job of "${job.template}", which this version does not have.`,
    );
  const { extraVars: vars, onlyHosts } = job;
  const missing = playbook.needs.find((name) => !vars[name]);
  const head = [banner(`PLAY [${playbook.description}]`)];
  if (missing)
    return failed([...head, `fatal: [localhost]: FAILED! => {"msg": "The variable ${missing} is not set."}`]);
  const hosts = playbook.hosts(vars, world).filter((id) => id === 'localhost' || server(world.inventory, id));
  const unknown = onlyHosts && !server(world.inventory, onlyHosts);
  if (unknown) return failed(['ERROR! Specified hosts and/or --limit does not match any hosts']);
  const effect = effectOf(job, playbook, world);
  const touched = onlyHosts ? hosts.filter((id) => id === onlyHosts) : hosts;
  if (touched.length === 0 && effect.kind !== 'refused')
    return {
      status: 'successful',
      stdout: text([...head, 'skipping: no hosts matched', banner('PLAY RECAP')]),
      touched,
      effect: nothing,
    };
  return played(playbook, vars, touched, effect);
}

function effectOf(
  { status, because, extraVars, finishesAt }: AwxJob,
  playbook: Playbook,
  world: World,
): Effect {
  if (status === 'successful') return nothing;
  return because ? { kind: 'refused', because } : playbook.effect(extraVars, world, finishesAt);
}

function played(playbook: Playbook, vars: Vars, hosts: string[], effect: Effect): Ran {
  const fault = effect.kind === 'refused' && JSON.stringify(effect.because);
  const on = hosts.length > 0 ? hosts : ['localhost'];
  const each = (line: (id: string) => string) => on.map(line).join('\n');
  const lines = [
    banner(`PLAY [${playbook.description}]`),
    `${banner('TASK [Gathering Facts]')}\n${each((id) => `ok: [${id}]`)}`,
    `${banner(`TASK [${playbook.task(vars)}]`)}\n${each((id) => (fault ? `fatal: [${id}]: FAILED! => {"changed": false, "msg": ${fault}}` : `changed: [${id}]`))}`,
    `${banner('PLAY RECAP')}\n${each((id) => recap(id, !fault))}`,
  ];
  if (fault) return { ...failed(lines), effect };
  return { status: 'successful', stdout: text(lines), touched: hosts, effect };
}

function failed(lines: string[]): Ran {
  return { status: 'failed', stdout: text(lines), touched: [], effect: nothing };
}

function recap(id: string, fine: boolean): string {
  const counts = fine
    ? 'ok=2    changed=1    unreachable=0    failed=0   '
    : 'ok=1    changed=0    unreachable=0    failed=1   ';
  return `${id.padEnd(26)} : ${counts} skipped=0    rescued=0    ignored=0   `;
}

function banner(title: string): string {
  return `${title} `.padEnd(79, '*');
}

function text(lines: string[]): string {
  return `\n${lines.join('\n\n')}\n`;
}
