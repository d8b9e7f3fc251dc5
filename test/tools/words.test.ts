// What a tool says of its deed: the order, the target, and how it is undone.
import { expect, test } from 'vitest';
import type { AnyTool } from '../../src/tools/tool.ts';
import { toolsOn } from './all.ts';

const tools = toolsOn();
const toolOf = (name: string) => tools[name] as AnyTool;

const deeds: { tool: string; risk: string; given: object; what: string; target: string; says: string }[] = [
  {
    tool: 'restart-service',
    risk: 'low',
    given: { service: 'checkout', server: 'app-01' },
    what: 'Restart checkout on app-01',
    target: 'app-01',
    says: 'None needed: the service comes back as it was configured.',
  },
  {
    tool: 'rotate-logs',
    risk: 'low',
    given: { server: 'db-01' },
    what: 'Rotate and compress the logs on db-01',
    target: 'db-01',
    says: 'None needed: rotated logs are kept, compressed.',
  },
  {
    tool: 'roll-back-deployment',
    risk: 'medium',
    given: { service: 'checkout', version: '2026.11.19-1' },
    what: 'Roll checkout back to 2026.11.19-1',
    target: 'checkout',
    says: 'Deploy the present version of checkout again from its pipeline.',
  },
  {
    tool: 'reset-password',
    risk: 'low',
    given: { account: 'fw-1007' },
    what: 'Send the holder of fw-1007 a link to reset the password',
    target: 'fw-1007',
    says: 'None: a link once sent cannot be called back; unused, it lapses.',
  },
  {
    tool: 'change-licence',
    risk: 'medium',
    given: { account: 'fw-1007', from: 'standard', to: 'premium' },
    what: 'Change the licence of fw-1007 from standard to premium',
    target: 'fw-1007',
    says: 'Change the licence of fw-1007 back from premium to standard.',
  },
  {
    tool: 'change-configuration',
    risk: 'medium',
    given: { server: 'db-01', setting: 'max_connections', from: '200', to: '300' },
    what: 'Change max_connections on db-01 from 200 to 300',
    target: 'db-01',
    says: 'Change max_connections on db-01 back from 300 to 200.',
  },
  {
    tool: 'change-database',
    risk: 'high',
    given: { server: 'db-01', change: 'add-index-orders-created' },
    what: 'Make the database change add-index-orders-created on db-01',
    target: 'db-01',
    says: 'Make the database change drop-index-orders-created on db-01.',
  },
  {
    tool: 'change-database',
    risk: 'high',
    given: { server: 'db-01', change: 'drop-column-orders-legacy' },
    what: 'Make the database change drop-column-orders-legacy on db-01',
    target: 'db-01',
    says: 'None: what drop-column-orders-legacy takes away comes back from a backup only.',
  },
  {
    tool: 'change-firewall',
    risk: 'high',
    given: { server: 'web-01', rule: 'allow 8443/10.0.0.0/8' },
    what: 'Allow TCP port 8443 from 10.0.0.0/8 on web-01',
    target: 'web-01',
    says: 'No longer allow TCP port 8443 from 10.0.0.0/8 on web-01.',
  },
  {
    tool: 'change-firewall',
    risk: 'high',
    given: { server: 'web-01', rule: 'deny 443/0.0.0.0/0' },
    what: 'No longer allow TCP port 443 from 0.0.0.0/0 on web-01',
    target: 'web-01',
    says: 'Allow TCP port 443 from 0.0.0.0/0 on web-01.',
  },
  {
    tool: 'end-sessions',
    risk: 'medium',
    given: { service: 'orders', server: 'db-01' },
    what: 'End the idle sessions of orders on db-01',
    target: 'db-01',
    says: 'None needed: the service opens the sessions it needs anew.',
  },
  {
    tool: 'scale-consumers',
    risk: 'low',
    given: { service: 'orders', server: 'queue-01' },
    what: 'Start more consumers of the queue of orders on queue-01',
    target: 'queue-01',
    says: 'None needed: the added consumers end by themselves once the queue is empty.',
  },
  {
    tool: 'reset-service',
    risk: 'medium',
    given: { service: 'checkout', server: 'app-01' },
    what: 'Reset checkout on app-01: remove its locks and scratch files, and start it',
    target: 'app-01',
    says: 'None: scratch files that are removed are gone. The service makes those it needs.',
  },
  {
    tool: 'end-blocking-sessions',
    risk: 'medium',
    given: { service: 'orders', server: 'db-01' },
    what: 'End the sessions of orders on db-01 that others wait for',
    target: 'db-01',
    says: 'None: what such a session had not committed is rolled back. The service does it again.',
  },
  {
    tool: 'clean-temporary-files',
    risk: 'medium',
    given: { server: 'queue-01' },
    what: 'Remove the temporary files on queue-01 that are older than they are kept',
    target: 'queue-01',
    says: 'None: temporary files that are removed are gone. Only those past their age are.',
  },
  {
    tool: 'renew-certificate',
    risk: 'low',
    given: { service: 'storefront', server: 'web-01' },
    what: 'Renew the certificate of storefront on web-01',
    target: 'web-01',
    says: 'None needed: the certificate before is kept, and has ended.',
  },
  {
    tool: 'restart-resolver',
    risk: 'low',
    given: { server: 'app-01' },
    what: 'Restart the resolver of app-01, with an empty memory',
    target: 'app-01',
    says: 'None needed: the resolver asks anew for what it remembered.',
  },
  {
    tool: 'sync-clock',
    risk: 'low',
    given: { server: 'web-01' },
    what: 'Set the clock of web-01 by its time sources',
    target: 'web-01',
    says: 'None needed: nobody wants the wrong time back.',
  },
  {
    tool: 'fail-over-interface',
    risk: 'medium',
    given: { server: 'app-01' },
    what: 'Have the other link of app-01 carry its traffic',
    target: 'app-01',
    says: 'None needed: the other link carries the same. Fail over once more when the first is mended.',
  },
  {
    tool: 'end-slow-queries',
    risk: 'medium',
    given: { service: 'orders', server: 'db-01' },
    what: 'Cancel the slow queries of orders on db-01',
    target: 'db-01',
    says: 'None: what a query had not committed is rolled back. The service asks again.',
  },
  {
    tool: 'resume-replication',
    risk: 'medium',
    given: { server: 'db-01' },
    what: 'Have the standby of db-01 follow its primary again',
    target: 'db-01',
    says: 'None needed: a standby is there to follow.',
  },
  {
    tool: 'switch-partner',
    risk: 'medium',
    given: { service: 'payments', partner: 'off' },
    what: 'Have payments answer without its partner',
    target: 'payments',
    says: 'Have payments ask its partner again.',
  },
  {
    tool: 'warm-cache',
    risk: 'low',
    given: { service: 'catalog', server: 'cache-01' },
    what: 'Fill the cache of catalog on cache-01 with what is read most',
    target: 'cache-01',
    says: 'None needed: what is in a cache ends by itself.',
  },
  {
    tool: 'balance-server',
    risk: 'medium',
    given: { server: 'search-01', state: 'drain' },
    what: 'Take search-01 out of its load balancer',
    target: 'search-01',
    says: 'Put search-01 back behind its load balancer.',
  },
  {
    tool: 'move-workload',
    risk: 'medium',
    given: { server: 'app-01' },
    what: 'Move app-01 to another host while it runs',
    target: 'app-01',
    says: 'None needed: any host with room does; it may be moved again.',
  },
];

test.each(deeds)('$what', ({ tool: name, risk, given, what, target, says }) => {
  const tool = toolOf(name);
  expect(tool.arguments.parse(given)).toEqual(given);
  expect([tool.risk, tool.what(given), tool.target(given)]).toEqual([risk, what, target]);
  expect(tool.inverse(given).says).toBe(says);
});

test.each(deeds.filter(({ says }) => !/^(None|Deploy)/.test(says)))(
  'undoing the undoing of "$what" is doing it',
  ({ tool: name, given }) => {
    const back = toolOf(name).inverse(given);
    if (back.kind !== 'tool') throw new Error(back.says);
    const inverse = toolOf(back.tool);
    expect(inverse.arguments.parse(back.arguments)).toEqual(back.arguments);
    expect(back.arguments).not.toEqual(given);
    expect(inverse.inverse(back.arguments)).toMatchObject({ kind: 'tool', tool: name, arguments: given });
  },
);

test('what cannot be undone by a deed says so', () => {
  const none = deeds.filter(({ says }) => /^(None|Deploy)/.test(says));
  expect(none.map(({ tool, given }) => toolOf(tool).inverse(given).kind)).toEqual(none.map(() => 'none'));
});
