import { twofold } from './cause.ts';

/** The certificate of a server has far less time left than usual, and calls to it fail for that. */
export const certificateExpiry = twofold({
  kind: 'certificate-expiry',
  metric: 'certificate_left',
  about: 'server',
  lines: /certificate (has |is )?expired|CERT_HAS_EXPIRED/i,
  says: (service, server) => `the certificate of ${service} on ${server} has ended`,
});
