import { twofold } from './cause.ts';

/** Far more locks than usual on a database, and sessions of a service that say they wait for one. */
export const lockContention = twofold({
  kind: 'lock-contention',
  metric: 'database_locks',
  about: 'server',
  lines: /still waiting for \w*lock\b|due to lock timeout|deadlock detected|lock wait timeout exceeded/i,
  says: (service, server) => `a session of ${service} on ${server} holds locks that others wait for`,
});
