import { expect, test } from 'vitest';
import { fernwood } from '../../src/estate/company.ts';
import { mayExplain } from '../../src/incidents/explains.ts';
import type { Cause, Status } from '../../src/incidents/incident.ts';
import type { Known } from '../../src/knowledge/runbook.ts';
import type { Signal } from '../../src/monitoring/signal.ts';

const laidTo = (known: Known, kind = 'memory-leak'): Cause => ({ kind, says: '', confidence: 0.9, known });
const about = (of: 'server' | 'service', service: string, server: string | null) =>
  ({ service, server, members: [{ about: of }] }) as unknown as Signal;
const place = (service: string, server: string | null) => ({ service, server });

type Row = [
  what: string,
  incident: { cause: Cause | null; status?: Status },
  first: { service: string; server: string | null },
  signal: Signal,
  explained: boolean,
];
const catalogLeak = { cause: laidTo({ service: 'catalog', server: 'app-04' }) };
const storefrontVersion = { cause: laidTo({ service: 'storefront', version: '2' }, 'bad-deployment') };
const nothingFound = { cause: null, status: 'escalated' as const };
const rows: Row[] = [
  ['its callers fail', catalogLeak, place('catalog', 'app-04'), about('service', 'storefront', null), true],
  [
    'so do the callers of these',
    catalogLeak,
    place('catalog', 'app-04'),
    about('service', 'checkout', null),
    true,
  ],
  [
    'what it calls does not',
    storefrontVersion,
    place('storefront', null),
    about('service', 'catalog', null),
    false,
  ],
  [
    'what runs on its server suffers',
    catalogLeak,
    place('catalog', 'app-04'),
    about('service', 'search', 'app-04'),
    true,
  ],
  [
    'its server is short of more',
    catalogLeak,
    place('catalog', 'app-04'),
    about('server', 'search', 'app-04'),
    true,
  ],
  [
    'another server is not',
    catalogLeak,
    place('catalog', 'app-04'),
    about('server', 'catalog', 'db-02'),
    false,
  ],
  [
    'a version may use up its own servers',
    storefrontVersion,
    place('storefront', null),
    about('server', 'storefront', 'web-01'),
    true,
  ],
  [
    'and no others',
    storefrontVersion,
    place('storefront', null),
    about('server', 'search', 'search-01'),
    false,
  ],
  [
    'while it is looked into it may be anything',
    { ...catalogLeak, status: 'investigating' },
    place('catalog', 'app-04'),
    about('server', 'orders', 'queue-01'),
    true,
  ],
  [
    'of no known cause: where it began counts, for a caller',
    nothingFound,
    place('payments', 'db-01'),
    about('service', 'orders', null),
    true,
  ],
  [
    'for another server',
    nothingFound,
    place('payments', 'db-01'),
    about('server', 'orders', 'app-03'),
    false,
  ],
  [
    'of an unknown kind the same',
    { cause: laidTo({}, 'unknown') },
    place('payments', 'db-01'),
    about('server', 'orders', 'app-03'),
    false,
  ],
];
test.each(rows)('%s', (_, { cause, status = 'remediating' }, first, signal, explained) => {
  expect(mayExplain({ cause, status }, first, signal, fernwood)).toBe(explained);
});
