import { twofold } from './cause.ts';

/** Far more names than usual cannot be resolved on a server, and its services say that they find nobody. */
export const dnsFailure = twofold({
  kind: 'dns-failure',
  metric: 'dns_failures',
  about: 'server',
  lines: /EAI_AGAIN|temporary failure in name resolution|SERVFAIL|server misbehaving/i,
  says: (service, server) => `the resolver of ${server} gives ${service} no answers`,
});
