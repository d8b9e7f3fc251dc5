import type { Bend, Fault } from './fault.ts';
import { isThere, on } from './place.ts';

/** A reload brings an old certificate back, which has ended: whoever calls turns away. */
export const certificateExpiry: Fault = {
  name: 'certificate-expiry',
  says: 'a service presents a certificate that has ended, and its callers turn away',
  places: on('web', 'app'),
  bends: ({ service, server = '' }): Bend[] => [
    { metric: 'probe_ssl_earliest_cert_expiry', labels: { instance: server }, by: -1.5, after: 0, over: 2 },
    { metric: 'http_requests_errors_total', labels: { service }, by: 9, after: 1, over: 5 },
  ],
  cries: ({ service, server = '' }) => [
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 1, every: 1.7 },
      text: (nth) =>
        `TLS handshake with ${service} on ${server} failed: x509: certificate has expired, call ${(nth * 7919 + 17).toString(16)}`,
    },
    {
      labels: { app: service, level: 'error', instance: server },
      ...{ after: 3, every: 4.3 },
      text: () => `CERT_HAS_EXPIRED: ${service} is not called any more on ${server}`,
    },
  ],
  mend: { template: 'renew-certificate', fits: isThere },
  recovery: 4,
};
