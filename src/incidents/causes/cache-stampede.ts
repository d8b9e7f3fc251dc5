import { twofold } from './cause.ts';

/** A cache answers far fewer reads than usual, and its callers all make the same anew. */
export const cacheStampede = twofold({
  kind: 'cache-stampede',
  metric: 'cache_hits',
  about: 'server',
  lines: /callers .*\b(rebuild|recompute)|(cache|thundering) (stampede|herd)|dogpile/i,
  says: (service, server) => `what ${service} keeps on ${server} is gone, and all its callers make it anew`,
});
