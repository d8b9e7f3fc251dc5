import { twofold } from './cause.ts';

/** A standby is far behind its primary, and who reads there says that it takes nothing or answers too old. */
export const replicationLag = twofold({
  kind: 'replication-lag',
  metric: 'replication_lag',
  about: 'server',
  lines: /terminating walreceiver|standby .*\bbehind\b|replication slot .*\b(lost|invalid)/i,
  says: (_, server) => `the standby of ${server} no longer follows`,
});
