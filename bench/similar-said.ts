// Kinds of incident, each as it is told in different words. A line holds ways of saying the same thing.
// Not what they look like on a real site: the words are made up for the bench, and so is who shares them with whom.

export interface Said {
  kind: string;
  metrics: string[];
  /** Each a thing that is seen, in several wordings. `{x}` is the detail of the one incident. */
  seen: string[][];
  cause: string[];
  mended: string[];
  logs: string[];
}

export const kinds: Said[] = [
  {
    kind: 'connection-pool',
    metrics: ['latency_p95', 'error_rate', 'db_connections'],
    seen: [
      [
        'connection pool exhausted on {x}',
        'no free database sessions left for {x}',
        'every DB handle of {x} is taken',
      ],
      ['requests time out waiting', 'callers hang and give up', 'users stare at a spinner until it aborts'],
    ],
    cause: ['connections were not returned after errors', 'a handle leak in the failure path'],
    mended: ['raised the pool size and restarted', 'recycled the application, more sessions allowed'],
    logs: ['connection pool exhausted after 30000 ms', 'could not obtain session for {x}'],
  },
  {
    kind: 'memory-leak',
    metrics: ['memory_available', 'latency_p95'],
    seen: [
      [
        'memory of the process grows without end',
        'RAM usage climbs steadily',
        'the heap gets bigger hour by hour',
      ],
      [
        'out of memory kills after {x}',
        'the kernel shoots the process because of {x}',
        'OOM events once {x} ran',
      ],
    ],
    cause: ['a cache without limit', 'objects kept alive by a listener'],
    mended: ['restarted the service', 'bounced the daemon'],
    logs: ['java.lang.OutOfMemoryError: heap space in {x}', 'gc pause 4100 ms'],
  },
  {
    kind: 'full-disk',
    metrics: ['disk_available', 'error_rate'],
    seen: [
      ['disk full on {x}', 'no space left in {x}', 'the file system {x} is at 100 percent'],
      ['writes fail', 'nothing can be saved any more', 'uploads are refused'],
    ],
    cause: ['logs were not rotated', 'old dumps piled up'],
    mended: ['rotated logs', 'deleted stale archives'],
    logs: ['write /var/lib/{x}: no space left on device', 'ENOSPC while appending segment 77'],
  },
  {
    kind: 'bad-deployment',
    metrics: ['error_rate', 'latency_p95'],
    seen: [
      [
        'errors since the release of {x}',
        'failures began right after rollout {x}',
        'broken from the moment {x} went live',
      ],
      ['500 responses', 'internal server error pages', 'the site throws exceptions at visitors'],
    ],
    cause: ['a defect in the new version', 'regression shipped with the build'],
    mended: ['rolled back', 'reverted to the previous build'],
    logs: ['unhandled TypeError in {x} handler', 'answering 500 version=4.2'],
  },
  {
    kind: 'certificate-expired',
    metrics: ['error_rate', 'tls_failures'],
    seen: [
      ['certificate of {x} expired', 'TLS cert for {x} is out of date', 'the SSL validity of {x} ended'],
      ['clients refuse to connect', 'browsers warn and block', 'handshakes are rejected'],
    ],
    cause: ['renewal job was disabled', 'nobody had automated the renewal'],
    mended: ['issued a new certificate', 'replaced the cert by hand'],
    logs: ['x509: certificate has expired or is not yet valid: {x}', 'tls handshake failure'],
  },
  {
    kind: 'slow-query',
    metrics: ['db_latency', 'cpu_used', 'latency_p95'],
    seen: [
      ['slow query on table {x}', 'a statement scans all of {x}', 'the planner walks {x} row by row'],
      ['database CPU is pinned', 'the DB box runs hot', 'all cores of the data store are busy'],
    ],
    cause: ['an index was dropped', 'statistics were stale after a bulk load'],
    mended: ['recreated the index', 'ran analyze and pinned the plan'],
    logs: ['duration: 18233 ms statement: select from {x}', 'lock wait timeout exceeded'],
  },
  {
    kind: 'queue-backlog',
    metrics: ['queue_depth', 'throughput'],
    seen: [
      ['messages pile up in queue {x}', 'backlog of {x} keeps growing', 'consumers of {x} fall behind'],
      ['orders arrive hours late', 'processing is delayed', 'work is done long after it was asked for'],
    ],
    cause: ['a poison message blocked the partition', 'one worker had died silently'],
    mended: ['moved the poison message aside', 'restarted the consumers'],
    logs: ['consumer lag 120000 on {x}', 'redelivery of message 9911 failed'],
  },
  {
    kind: 'dns-failure',
    metrics: ['error_rate', 'dns_failures'],
    seen: [
      ['name resolution of {x} fails', 'hostname {x} cannot be looked up', 'DNS has no answer for {x}'],
      [
        'calls to dependencies break at random',
        'intermittent unreachable upstreams',
        'sporadic failures reaching others',
      ],
    ],
    cause: ['resolver was overloaded', 'a zone file with a typo'],
    mended: ['added resolvers and caching', 'corrected the zone'],
    logs: ['getaddrinfo EAI_AGAIN {x}', 'SERVFAIL from 10.0.0.2'],
  },
  {
    kind: 'cache-stampede',
    metrics: ['cache_hits', 'db_latency', 'latency_p95'],
    seen: [
      ['cache {x} was emptied', 'the key space {x} got flushed', 'nothing of {x} is held in memory any more'],
      ['everything hits the database', 'load falls through to storage', 'the backend is flooded by misses'],
    ],
    cause: ['all keys expired together', 'an eviction after the memory limit was reached'],
    mended: ['warmed the cache and spread expiries', 'prefilled hot keys'],
    logs: ['cache miss storm for {x}', 'redis: LOADING dataset in memory'],
  },
  {
    kind: 'rate-limited',
    metrics: ['error_rate', 'throughput'],
    seen: [
      ['provider {x} throttles us', 'partner {x} answers too many requests', 'our quota at {x} is used up'],
      ['payments are declined', 'charges do not go through', 'customers cannot pay'],
    ],
    cause: ['a retry loop without back-off', 'a batch ran beside normal traffic'],
    mended: ['slowed retries', 'moved the batch to the night'],
    logs: ['429 from {x}: quota exceeded', 'giving up after 5 attempts'],
  },
  {
    kind: 'clock-skew',
    metrics: ['auth_failures', 'clock_offset'],
    seen: [
      ['time on {x} drifted', 'the clock of {x} runs ahead', '{x} is minutes off'],
      ['tokens are rejected', 'logins fail as not yet valid', 'people are signed out again and again'],
    ],
    cause: ['ntp was blocked by a firewall', 'time synchronisation had stopped'],
    mended: ['restarted chrony', 'opened the port for time servers'],
    logs: ['token used before issued, iat in the future on {x}', 'offset 187 s exceeds limit'],
  },
  {
    kind: 'network-loss',
    metrics: ['packet_loss', 'latency_p95'],
    seen: [
      ['packets get lost on link {x}', 'the wire {x} drops traffic', 'retransmissions on interface {x}'],
      ['replication lags', 'the standby is behind', 'the copy of the data is stale'],
    ],
    cause: ['a faulty transceiver', 'a duplex mismatch after maintenance'],
    mended: ['swapped the optic', 'moved traffic to the other uplink'],
    logs: ['connection reset by peer via {x}', 'replica 42 s behind primary'],
  },
  {
    kind: 'thread-starvation',
    metrics: ['threads_busy', 'latency_p95'],
    seen: [
      [
        'all worker threads are blocked in {x}',
        'the executor {x} has nobody free',
        'handlers wait on each other around {x}',
      ],
      ['health checks fail', 'the balancer takes instances out', 'nodes flap in and out of rotation'],
    ],
    cause: ['a lock held across a remote call', 'a synchronous call in the event loop'],
    mended: ['took a thread dump and restarted', 'made the call asynchronous'],
    logs: ['RejectedExecutionException in {x}', 'event loop blocked for 2400 ms'],
  },
  {
    kind: 'permission-denied',
    metrics: ['error_rate', 'auth_failures'],
    seen: [
      ['access to bucket {x} denied', 'we may no longer read {x}', '{x} is forbidden for the role'],
      ['images are missing', 'pictures do not load', 'broken thumbnails everywhere'],
    ],
    cause: ['a policy change removed the grant', 'credentials were rotated without telling'],
    mended: ['restored the grant', 'handed out the new credentials'],
    logs: ['AccessDenied: not authorized to perform GetObject on {x}', '403 from object store'],
  },
];

/** Written after the weights and the bar had been settled: nothing was chosen with these in view. */
export const later: { kinds: Said[]; strangers: Said[] } = {
  kinds: [
    {
      kind: 'hot-partition',
      metrics: ['db_latency', 'throttled_requests'],
      seen: [
        [
          'one shard of {x} takes all traffic',
          'a single partition of {x} is overloaded',
          'the load on {x} is badly spread',
        ],
        ['writes are throttled', 'inserts get rejected now and then', 'saving works only at the third try'],
      ],
      cause: ['the key was the date of the day', 'one tenant is far bigger than others'],
      mended: ['salted the key', 'split the shard'],
      logs: ['ProvisionedThroughputExceeded on {x}', 'write to shard 17 rejected'],
    },
    {
      kind: 'runaway-job',
      metrics: ['cpu_used', 'disk_reads', 'latency_p95'],
      seen: [
        [
          'the nightly run of {x} did not end',
          'batch {x} is still going',
          'a scheduled task for {x} never finished',
        ],
        ['the machine is sluggish', 'the host reacts slowly', 'typing on the box takes seconds'],
      ],
      cause: ['started twice by two schedulers', 'its input had grown tenfold'],
      mended: ['killed the second copy', 'limited it to a window'],
      logs: ['job {x} running for 41000 s', 'lock file of {x} already there'],
    },
    {
      kind: 'bad-config',
      metrics: ['error_rate', 'restarts'],
      seen: [
        [
          'settings of {x} cannot be parsed',
          'the configuration for {x} is malformed',
          'somebody left a typo in the options of {x}',
        ],
        [
          'the process restarts in a loop',
          'instances crash right after boot',
          'it never stays up longer than a few seconds',
        ],
      ],
      cause: ['a value without quotes', 'a template filled in with nothing'],
      mended: ['took the change back', 'corrected the value and reloaded'],
      logs: ['yaml: line 31: did not find expected key in {x}', 'exit status 78'],
    },
  ],
  strangers: [
    {
      kind: 'licence-ended',
      metrics: ['error_rate', 'sessions'],
      seen: [
        ['the licence of {x} ended', 'our subscription for {x} lapsed', '{x} is no longer paid for'],
        ['new users are turned away', 'signing up is impossible', 'nobody further may enter'],
      ],
      cause: ['the invoice went to somebody who left', 'renewal needed a signature'],
      mended: ['bought seats', 'entered the new key'],
      logs: ['license check failed for {x}', 'maximum of 500 seats reached'],
    },
    {
      kind: 'data-corruption',
      metrics: ['checksum_errors', 'error_rate'],
      seen: [
        ['checksums of {x} do not match', 'pages of {x} are damaged', 'the content of {x} is garbage'],
        ['reports show nonsense', 'totals are off by a lot', 'figures make no sense'],
      ],
      cause: ['a controller with a bad cache', 'two writers without a lock'],
      mended: ['restored from backup', 'rebuilt from the event log'],
      logs: ['invalid page in block 1123 of {x}', 'crc mismatch expected 9f2 got 0'],
    },
  ],
};

/** Detail words, each made of two parts. */
export const details = [
  [
    'orders',
    'invoice',
    'session',
    'refund',
    'catalog',
    'basket',
    'ledger',
    'stock',
    'coupon',
    'profile',
    'audit',
    'media',
  ],
  [
    'archive',
    'events',
    'index',
    'primary',
    'export',
    'v2',
    'mirror',
    'batch',
    'staging',
    'history',
    'edge',
    'shadow',
  ],
] as const;

export const services = [
  ...[
    'storefront',
    'checkout',
    'payments',
    'catalog',
    'search',
    'orders',
    'billing',
    'accounts',
    'shipping',
    'pricing',
  ],
  ...['reviews', 'media', 'loyalty', 'returns', 'mailer', 'reports', 'fraud', 'tax', 'gateway', 'inventory'],
];

/** What every ticket says, whatever it is about. */
export const chatter = [
  ['customers complain', 'support has calls from clients', 'several people reported it'],
  ['since this morning', 'from about nine on', 'for the last half hour'],
  ['please look at it soon', 'needs attention now', 'this is urgent'],
  ['it was fine yesterday', 'worked without trouble before', 'no such thing last week'],
];
