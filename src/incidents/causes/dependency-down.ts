import { twofold } from './cause.ts';

/** Far more calls to a partner outside time out than usual, and the service that makes them says that nobody is there. */
export const dependencyDown = twofold({
  kind: 'dependency-down',
  metric: 'partner_timeouts',
  about: 'service',
  lines: /upstream request timeout|no healthy upstream|upstream connect error/i,
  says: (service) => `a partner of ${service} gives no answer`,
});
