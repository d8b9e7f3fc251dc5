import { twofold } from './cause.ts';

/** The clock of a server is far off, and what is signed there is refused for its time. */
export const ntpDrift = twofold({
  kind: 'ntp-drift',
  metric: 'clock_offset',
  about: 'server',
  lines: /issued in the future|RequestTimeTooSkewed|clock skew|\bnot yet valid\b/i,
  says: (service, server) => `the clock of ${server} is off, and what ${service} signs there is refused`,
});
