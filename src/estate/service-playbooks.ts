import { server, serversOf, service } from '../inventory/inventory.ts';
import type { Effect, Playbook, Vars } from './playbooks.ts';
import type { World } from './world.ts';

const onOneServer = {
  needs: ['service', 'server'],
  asksLimit: true,
  hosts: ({ server: id = '' }: Vars) => [id],
};

const restart: Playbook = {
  ...onOneServer,
  id: 7,
  name: 'restart-service',
  description: 'Restart one service on one server',
  task: ({ service }) => `Restart ${service}`,
  effect: whereItRuns(),
};

const endSessions: Playbook = {
  ...onOneServer,
  id: 15,
  name: 'end-sessions',
  description: 'End the idle sessions of one service on a database',
  task: ({ service }) => `End idle sessions of ${service}`,
  effect: whereItRuns('db'),
};

const scaleConsumers: Playbook = {
  ...onOneServer,
  id: 16,
  name: 'scale-consumers',
  description: 'Start more consumers of one queue until it is empty',
  task: ({ service }) => `Start consumers of ${service}`,
  effect: whereItRuns('queue'),
};

const reset: Playbook = {
  ...onOneServer,
  id: 17,
  name: 'reset-service',
  description: 'Stop one service on one server, remove its locks and scratch files, and start it',
  task: ({ service }) => `Remove locks and scratch files of ${service}, and start it`,
  effect: whereItRuns(),
};

const endBlockingSessions: Playbook = {
  ...onOneServer,
  id: 18,
  name: 'end-blocking-sessions',
  description: 'End the sessions of one service on a database that others wait for',
  task: ({ service }) => `End the blocking sessions of ${service}`,
  effect: whereItRuns('db'),
};

const renewCertificate: Playbook = {
  ...onOneServer,
  id: 20,
  name: 'renew-certificate',
  description: 'Renew the certificate of one service on one server, and reload what presents it',
  task: ({ service }) => `Renew the certificate of ${service}`,
  effect: whereItRuns(),
};

const endSlowQueries: Playbook = {
  ...onOneServer,
  id: 21,
  name: 'end-slow-queries',
  description: 'Cancel the slow queries of one service on a database',
  task: ({ service }) => `Cancel the slow queries of ${service}`,
  effect: whereItRuns('db'),
};

const warmCache: Playbook = {
  ...onOneServer,
  id: 22,
  name: 'warm-cache',
  description: 'Fill the cache of one service with what is read most',
  task: ({ service }) => `Fill the cache of ${service}`,
  effect: whereItRuns('cache'),
};

const switchPartner: Playbook = {
  id: 23,
  name: 'switch-partner',
  description: 'Have one service answer without its partner outside, or with it again',
  needs: ['service', 'partner'],
  asksLimit: false,
  task: ({ service, partner }) => `Switch the partner of ${service} ${partner}`,
  effect: ({ service: id = '' }, { inventory }) => {
    if (service(inventory, id)) return { kind: 'nothing' };
    return { kind: 'refused', because: `There is no service ${id}; nothing was changed` };
  },
  hosts: ({ service: id = '' }, { inventory }) =>
    serversOf(inventory, id)
      .filter(({ class: of }) => of === 'app')
      .map((one) => one.id),
};

/** The templates that act on one service, most on one server, and leave nothing changed that is stored. */
export const servicePlaybooks: Playbook[] = [
  ...[restart, endSessions, scaleConsumers, reset],
  ...[endBlockingSessions, renewCertificate, endSlowQueries, warmCache, switchPartner],
];

/** Nothing to be stored, or why it cannot be: the service must run there, and the server be of that class. */
function whereItRuns(of?: string): Playbook['effect'] {
  return (vars: Vars, { inventory }: World): Effect => {
    const found = server(inventory, vars.server ?? '');
    if (!found?.services.includes(vars.service ?? ''))
      return { kind: 'refused', because: `Could not find the requested service ${vars.service}: host` };
    if (of !== undefined && found.class !== of)
      return {
        kind: 'refused',
        because: `${vars.server} is no server of the class ${of}; nothing was changed`,
      };
    return { kind: 'nothing' };
  };
}
