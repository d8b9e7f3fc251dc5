import { twofold } from './cause.ts';

/** A server drops far more packets than usual, and what runs there tells of a link that is down or of sending again. */
export const networkLoss = twofold({
  kind: 'network-loss',
  metric: 'packet_drops',
  about: 'server',
  lines: /link (status definitely|is) down|\bretransmissions?\b|lost carrier/i,
  says: (service, server) => `a link of ${server} loses what ${service} sends and gets`,
});
