// What a tool takes: nothing that a shell, a template, a card or a reader could take for something else.
import { describe, expect, test } from 'vitest';
import { toolsOn } from './all.ts';

const tools = toolsOn();

/** A good deed of each tool. */
const good: Record<string, Record<string, string>> = {
  'restart-service': { service: 'checkout', server: 'app-01' },
  'rotate-logs': { server: 'app-01' },
  'roll-back-deployment': { service: 'checkout', version: '2026.11.19-1' },
  'reset-password': { account: 'fw-1007' },
  'change-licence': { account: 'fw-1007', from: 'standard', to: 'premium' },
  'change-configuration': { server: 'db-01', setting: 'work_mem', from: '16MB', to: '32MB' },
  'change-database': { server: 'db-01', change: 'add-index-orders-created' },
  'change-firewall': { server: 'web-01', rule: 'allow 443/10.0.0.0/8' },
  'end-sessions': { service: 'orders', server: 'db-01' },
  'scale-consumers': { service: 'orders', server: 'queue-01' },
  'reset-service': { service: 'checkout', server: 'app-01' },
  'end-blocking-sessions': { service: 'orders', server: 'db-01' },
  'clean-temporary-files': { server: 'queue-01' },
  'renew-certificate': { service: 'storefront', server: 'web-01' },
  'restart-resolver': { server: 'app-01' },
  'sync-clock': { server: 'web-01' },
  'fail-over-interface': { server: 'app-01' },
  'end-slow-queries': { service: 'orders', server: 'db-01' },
  'resume-replication': { server: 'db-01' },
  'switch-partner': { service: 'payments', partner: 'off' },
  'warm-cache': { service: 'catalog', server: 'cache-01' },
  'balance-server': { server: 'search-01', state: 'drain' },
  'move-workload': { server: 'app-01' },
};

const hostile = [
  ...['', ' ', 'a'.repeat(200), '../../etc/passwd', '-rf', '--limit=all', 'all:!db-01', '*'],
  ...['db-01; reboot', '$(reboot)', '`reboot`', 'a|b', 'a&b', 'a>b', "a'b", 'a"b', 'a\\b', 'a\nb', 'a\tb'],
  ...['{{ lookup("env", "HOME") }}', '{% raw %}', '<!channel>', '<https://evil.example|db-01>', '*Approved*'],
  ...['db-01\u202e10-bd', 'db\u200b-01', 'd\u0430ta', 'db-０１', 'db-01 ', ' db-01', '\u0000', 'é', '🔥'],
];

describe.each(Object.entries(good))('%s', (name, fine) => {
  const parse = (given: unknown) => tools[name]?.arguments.safeParse(given).success;

  test('takes what it is for, no more and no less', () => {
    expect(parse(fine)).toBe(true);
    expect(parse({ ...fine, limit: 'all' })).toBe(false);
    expect(parse(JSON.parse(`{"__proto__": {}, ${JSON.stringify(fine).slice(1)}`))).toBe(false);
    for (const left of Object.keys(fine)) {
      const { [left]: _, ...rest } = fine;
      expect(parse(rest)).toBe(false);
      for (const odd of [null, 7, true, [fine[left]], { toString: fine[left] }])
        expect(parse({ ...fine, [left]: odd })).toBe(false);
    }
    for (const odd of [null, undefined, 'text', [fine]]) expect(parse(odd)).toBe(false);
  });

  test('takes nothing hostile in any place', () => {
    const taken = Object.keys(fine).flatMap((place) => {
      return hostile.filter((odd) => parse({ ...fine, [place]: odd }));
    });
    expect(taken).toEqual([]);
  });
});

const cases: { tool: string; given: Record<string, string>; fine: boolean }[] = [
  ...[
    '300',
    '-1',
    '0.5',
    'on',
    '/var/log/app.log',
    'UTF-8',
    '1,2,3',
    '50%',
    'vault:db/x#pw',
    'a b',
    'x=1',
  ].map((to) => ({ tool: 'change-configuration', given: { to }, fine: true })),
  ...['a  b', 'vault:db/x', 'vault:#pw', 'vault:../x#pw', 'VAULT:db#pw', 'xoxb-1-2', 'ghp_aaaaaaaa'].map(
    (to) => ({
      tool: 'change-configuration',
      given: { to },
      fine: false,
    }),
  ),
  ...['host=db password=hunter2', 'token:abc', 'AKIAIOSFODNN7EXAMPLE', 'eyJhbGciOiJIUzI1NiJ9.e30.x'].map(
    (to) => ({ tool: 'change-configuration', given: { to }, fine: false }),
  ),
  ...['0123456789abcdef0123456789abcdef', 'postgres://roster:hunter2@db-01/x', '16MB'].map((to) => ({
    tool: 'change-configuration',
    given: { to },
    fine: false,
  })),
  ...['db_password', 'api_key', 'clientSecret', 'auth.token'].flatMap((setting) => [
    { tool: 'change-configuration', given: { setting, from: 'old', to: 'new' }, fine: false },
    { tool: 'change-configuration', given: { setting, from: 'vault:a#1', to: 'hunter2' }, fine: false },
    { tool: 'change-configuration', given: { setting, from: 'vault:a#1', to: 'vault:a#2' }, fine: true },
  ]),
  ...['__proto__', '1st', 'a b', 'a$b'].map((setting) => {
    return { tool: 'change-configuration', given: { setting }, fine: false };
  }),
  { tool: 'change-configuration', given: { to: 'asia-east1' }, fine: true },
  { tool: 'rotate-logs', given: { server: 'db-01,db-02' }, fine: false },
  { tool: 'switch-partner', given: { partner: 'on' }, fine: true },
  { tool: 'switch-partner', given: { partner: 'OFF' }, fine: false },
  { tool: 'balance-server', given: { state: 'ready' }, fine: true },
  { tool: 'balance-server', given: { state: 'maint' }, fine: false },
  { tool: 'change-licence', given: { to: 'standard' }, fine: false },
  { tool: 'change-licence', given: { to: 'Office E5' }, fine: true },
  ...['robin.oncall@fernwood.example', 'Robin Oncall', 'FW-1007'].map((account) => {
    return { tool: 'reset-password', given: { account }, fine: false };
  }),
  ...[
    'drop-table-orders',
    'toString',
    'ADD-INDEX-ORDERS-CREATED',
    'drop-column-orders-legacy; drop table x',
  ].map((change) => ({ tool: 'change-database', given: { change }, fine: false })),
  ...['allow 1/0.0.0.0/0', 'deny 65535/10.1.2.3/32', 'allow 22/10.128.0.0/9'].map((rule) => {
    return { tool: 'change-firewall', given: { rule }, fine: true };
  }),
  ...['allow 0/10.0.0.0/8', 'allow 65536/10.0.0.0/8', 'allow 022/10.0.0.0/8', 'allow 443/10.0.0.5/8'].map(
    (rule) => ({ tool: 'change-firewall', given: { rule }, fine: false }),
  ),
  ...['allow 443/10.0.0.0/33', 'allow 443/256.0.0.0/8', 'allow 443/010.0.0.0/8', 'allow 443/10.0.0/8'].map(
    (rule) => ({ tool: 'change-firewall', given: { rule }, fine: false }),
  ),
  ...[
    'allow  443/10.0.0.0/8',
    'ALLOW 443/10.0.0.0/8',
    'permit 443/10.0.0.0/8',
    'allow 443/10.0.0.0/8 log',
  ].map((rule) => ({ tool: 'change-firewall', given: { rule }, fine: false })),
  ...['allow 443/::/0', 'allow any/10.0.0.0/8', 'allow 443-445/10.0.0.0/8', 'allow 443/10.0.0.0/8\n'].map(
    (rule) => ({ tool: 'change-firewall', given: { rule }, fine: false }),
  ),
];

test.each(cases)('$tool with $given: $fine', ({ tool, given, fine }) => {
  expect(tools[tool]?.arguments.safeParse({ ...good[tool], ...given }).success).toBe(fine);
});

test('a long value is looked at in no time', () => {
  const begun = performance.now();
  for (const of of ['a', 'a ', '=1', '9_', 'a1=']) {
    const given = { ...good['change-configuration'], to: of.repeat(100_000) };
    expect(tools['change-configuration']?.arguments.safeParse(given).success).toBe(false);
  }
  expect(performance.now() - begun).toBeLessThan(1_000);
});
