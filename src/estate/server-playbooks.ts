import { server } from '../inventory/inventory.ts';
import type { Effect, Playbook, Vars } from './playbooks.ts';

const nothing: Effect = { kind: 'nothing' };
const onIt = {
  needs: ['server'],
  asksLimit: true,
  effect: () => nothing,
  hosts: ({ server = '' }: Vars) => [server],
};

const rotate: Playbook = {
  ...onIt,
  id: 8,
  name: 'rotate-logs',
  description: 'Rotate and compress the logs of one server',
  task: () => 'Rotate and compress logs',
};

const cleanTemporaryFiles: Playbook = {
  ...onIt,
  id: 19,
  name: 'clean-temporary-files',
  description: 'Remove the temporary files of one server that are older than they are kept',
  task: () => 'Remove temporary files past their age',
};

const restartResolver: Playbook = {
  ...onIt,
  id: 24,
  name: 'restart-resolver',
  description: 'Restart the resolver of one server, with an empty memory',
  task: () => 'Restart the resolver',
};

const syncClock: Playbook = {
  ...onIt,
  id: 25,
  name: 'sync-clock',
  description: 'Set the clock of one server by its time sources',
  task: () => 'Step the clock',
};

const failOverInterface: Playbook = {
  ...onIt,
  id: 26,
  name: 'fail-over-interface',
  description: 'Have the other link of one server carry its traffic',
  task: () => 'Make the other link the active one',
};

const resumeReplication: Playbook = {
  ...onIt,
  id: 27,
  name: 'resume-replication',
  description: 'Have the standby of one database follow its primary again',
  task: ({ server: id }) => `Resume the replay of ${id}`,
  effect: ({ server: id = '' }, { inventory }) => {
    if (server(inventory, id)?.class === 'db') return nothing;
    return { kind: 'refused', because: `${id} is no server of the class db; nothing was changed` };
  },
};

const balanceServer: Playbook = {
  ...onIt,
  id: 28,
  name: 'balance-server',
  description: 'Take one server out of its load balancer, or put it back',
  needs: ['server', 'state'],
  task: ({ server: id, state }) => `Set ${id} to ${state}`,
};

const moveWorkload: Playbook = {
  ...onIt,
  id: 29,
  name: 'move-workload',
  description: 'Move one virtual server to another host while it runs',
  task: ({ server: id }) => `Migrate ${id}`,
};

/** The templates that act on one server as a whole, and leave nothing changed that is stored. */
export const serverPlaybooks: Playbook[] = [
  ...[rotate, cleanTemporaryFiles, restartResolver, syncClock, failOverInterface],
  ...[resumeReplication, balanceServer, moveWorkload],
];
