import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { fernwood } from '../src/estate/company.ts';
import { readManifests, readOwn } from '../src/manifests.ts';
import { routingOf } from '../src/routed.ts';
import { Refused } from '../src/written.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-manifests-'));
beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  cpSync('manifests', folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Why the folder is refused, without its own name. */
function refusal(read: (folder: string) => unknown): string[] {
  try {
    read(folder);
  } catch (error) {
    if (error instanceof Refused) return error.because.map((line) => line.replaceAll(`${folder}/`, ''));
    throw error;
  }
  return [];
}

function change(file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(from);
  writeFileSync(path, text.replace(from, to));
}

describe('a manifest that is wrong is refused with its file, its line, what was found and what is wanted', () => {
  const rows: [what: string, file: string, from: string | RegExp, to: string, because: string[]][] = [
    [
      'no YAML',
      'policy.yaml',
      'risk:',
      'risk: [',
      ['policy.yaml line 9: Implicit keys need to be on a single line.'],
    ],
    ['a key twice', 'policy.yaml', 'limits:', 'risk:', ['policy.yaml line 36: Map keys must be unique.']],
    [
      'a value of another kind',
      'workers/ada.yaml',
      /^version: \d+/m,
      'version: two',
      ['workers/ada.yaml line 3: version: Invalid input: expected number, received string; found "two".'],
    ],
    [
      'a word that is none of those known',
      'metrics.yaml',
      'bad: down',
      'bad: sideways',
      [
        'metrics.yaml line 23: metrics.2.bad: Invalid option: expected one of "up"|"down"|"either"; found "sideways".',
      ],
    ],
    [
      'a number out of range',
      'policy.yaml',
      'execute: 0.85',
      'execute: 85',
      ['policy.yaml line 4: confidence.default.execute: Too big: expected number to be <=1; found 85.'],
    ],
    [
      'a business unit that is looser than the whole',
      'policy.yaml',
      '  money:\n',
      '  money:\n    confidence: { execute: 0.7, notify: 0.65 }\n',
      [
        'policy.yaml line 31: units.money.confidence: looser than confidence.default, and a business unit may only be stricter.',
      ],
    ],
    [
      'an addition that loosens',
      'policy.yaml',
      'at_least: notify',
      'at_least: allow',
      [
        'policy.yaml line 33: units.money.rules.0.at_least: Invalid option: expected one of "notify"|"ask"|"refuse"; found "allow".',
      ],
    ],
    [
      'a key that is missing',
      'policy.yaml',
      /^limits:[\s\S]*?(?=^breaker:)/m,
      '',
      ['policy.yaml line 2: limits: Invalid input: expected object, received undefined.'],
    ],
    [
      'a key that nobody knows',
      'runbooks/full-disk.yaml',
      'title:',
      'titel: Free\ntitle:',
      ['runbooks/full-disk.yaml line 3: the file: Unrecognized key: "titel"; found "Free".'],
    ],
    [
      'a nested key that nobody knows',
      'workers/rex.yaml',
      '  never: []',
      '  nevr: []',
      ['workers/rex.yaml line 43: authority: Unrecognized key: "nevr".'],
    ],
    [
      'a restart of a database without a look at its replication',
      'runbooks/memory-leak.yaml',
      'on: [web,',
      'on: [db, web,',
      [
        'runbooks/memory-leak.yaml: restart-service may restart a database without a look at its replication: wanted requires: [{ metric: replication_lag, of: "{server}", is: usual }] before it, or on: without db.',
      ],
    ],
    [
      'a requirement that nobody measures',
      'runbooks/memory-leak.yaml',
      'metric: memory_available',
      'metric: memory_free',
      [
        'runbooks/memory-leak.yaml: a step requires the metric memory_free, which nobody watches: wanted one of metrics.yaml.',
      ],
    ],
    [
      'a placeholder that nothing fills',
      'runbooks/full-disk.yaml',
      '"{server}"',
      '"{host}"',
      [
        'runbooks/full-disk.yaml: {host} is not known: wanted one of {service}, {server}, {previous_version}, {version}.',
      ],
    ],
    [
      'a tool on two lists of a charter',
      'workers/rex.yaml',
      'never: []',
      'never: [rotate-logs]',
      ['workers/rex.yaml: authority lists rotate-logs under autonomous and never: keep one.'],
    ],
    [
      'a target of no figure',
      'workers/rex.yaml',
      'errors: 0.05',
      'mistakes: 0.05',
      [
        expect.stringMatching(
          /^workers\/rex.yaml: evaluation.targets names mistakes, which is no figure: wanted one of mttr, /,
        ),
      ],
    ],
    [
      'two runbooks that prevent one cause',
      'runbooks/growing-memory.yaml',
      'prevents: memory-leak',
      'prevents: full-disk',
      [
        'runbooks/growing-memory.yaml: what prevents full-disk is in runbooks/filling-disk.yaml already: wanted one of them.',
      ],
    ],
    [
      'two runbooks for one cause',
      'runbooks/memory-leak.yaml',
      'mends: memory-leak',
      'mends: full-disk',
      [
        'runbooks/memory-leak.yaml: what mends full-disk is in runbooks/full-disk.yaml already: wanted one of them.',
      ],
    ],
    [
      'a time of day where a time zone belongs',
      'workers/rex.yaml',
      'timezone: Europe/Berlin',
      'timezone: CEST!',
      [
        'workers/rex.yaml line 45: cadence.standup.timezone: wanted an IANA time zone such as Europe/Berlin; found "CEST!".',
      ],
    ],
    [
      'a place that is none',
      'routing.yaml',
      'teams: {}',
      'teams: { money: { places: [slack:C1, "#money"] } }',
      [
        'routing.yaml line 3: teams.money.places.1: wanted slack:<channel id> or teams:<conversation id>; found "#money".',
      ],
    ],
    [
      'a band that is none',
      'routing.yaml',
      'teams: {}',
      'teams: { money: { least: warning } }',
      [
        'routing.yaml line 3: teams.money.least: Invalid option: expected one of "watch"|"critical"; found "warning".',
      ],
    ],
    [
      'quiet hours without a time zone',
      'routing.yaml',
      'teams: {}',
      'teams:\n  money:\n    quiet_hours:\n      - { from: "22:00", to: "07:00" }',
      [
        'routing.yaml line 6: teams.money.quiet_hours.0.timezone: Invalid input: expected string, received undefined.',
      ],
    ],
    [
      'quiet hours that never are',
      'routing.yaml',
      'teams: {}',
      'teams: { money: { quiet_hours: [{ from: "22:00", to: "22:00", timezone: UTC }] } }',
      [
        'routing.yaml line 3: teams.money.quiet_hours.0: wanted a `to` that is not `from`, such as 22:00 to 07:00.',
      ],
    ],
  ];
  test.each(rows)('%s', (_, file, from, to, because) => {
    change(file, from, to);
    expect(refusal(readManifests)).toEqual(because);
  });

  test('an empty file', () => {
    writeFileSync(join(folder, 'policy.yaml'), '');
    expect(refusal(readManifests)).toEqual([
      'policy.yaml line 1: the file: Invalid input: expected object, received null.',
    ]);
  });

  test('a second worker of the same id', () => {
    cpSync(join(folder, 'workers/ada.yaml'), join(folder, 'workers/ben.yaml'));
    expect(refusal(readManifests)).toEqual([
      'workers/ben.yaml: the worker ada is in workers/ada.yaml already: wanted one of them.',
      'workers/ben.yaml: the name Ada is in workers/ada.yaml already: wanted one of them.',
      'workers/ben.yaml: the duty monitoring for every service that no charter names is in workers/ada.yaml already: wanted one of them.',
    ]);
  });

  test('two workers with one duty for the same service', () => {
    const rex = readFileSync(join(folder, 'workers/rex.yaml'), 'utf8');
    const as = (worker: string, services: string) =>
      writeFileSync(
        join(folder, `workers/${worker}.yaml`),
        rex
          .replace('worker: rex', `worker: ${worker}`)
          .replace('name: Rex', `name: ${worker}`)
          .replace('duties: [resolution]', `duties: [resolution]\nservices: ${services}`),
      );
    as('sol', '[orders, search]');
    readManifests(folder);
    as('tom', '[catalog, search]');
    expect(refusal(readManifests)).toEqual([
      'workers/tom.yaml: the duty resolution for search is in workers/sol.yaml already: wanted one of them.',
    ]);
  });

  test('a file or a folder that is not there', () => {
    rmSync(join(folder, 'runbooks'), { recursive: true });
    expect(refusal(readManifests)).toEqual(['runbooks is missing: wanted a folder of YAML files.']);
    rmSync(join(folder, 'policy.yaml'));
    expect(refusal(readManifests)).toEqual([
      "policy.yaml is missing: copy it from the project's manifests/ or set MANIFESTS_DIR.",
    ]);
  });
});

test('without an operating charter nobody has signed, and that is no error', () => {
  rmSync(join(folder, 'operating-charter.yaml'));
  expect(readManifests(folder).operating).toBeUndefined();
});

test('without wishes of teams everything is told in ops, and that is no error', () => {
  expect(readManifests(folder).teams).toEqual({});
  rmSync(join(folder, 'routing.yaml'));
  expect(readManifests(folder).teams).toEqual({});
});

test('the example of what a team may wish for is one', () => {
  change('routing.yaml', 'teams: {}', 'teams:');
  change('routing.yaml', /^# {2}/gm, '  ');
  const { teams } = readManifests(folder);
  const places = ['slack:C0123456789', 'teams:19:abc@thread.tacv2'];
  expect(teams).toMatchObject({
    money: { places, least: 'watch', quiet_hours: [{ days: { length: 7 } }, {}] },
  });
  const site = {
    inventory: fernwood,
    places: { ops: [], approvals: [], leadership: [] },
    slack: {} as never,
  };
  expect(refusal(() => routingOf({ folder, teams }, site))).toEqual([
    'routing.yaml: teams.money.places: teams:19:abc@thread.tacv2 is on no surface that is open here: wanted slack:….',
  ]);
  expect(routingOf({ folder, teams: {} }, site)).toEqual({ ops: [], teams: {} });
});

test('other files beside the manifests are left alone', () => {
  writeFileSync(join(folder, 'runbooks', 'README.md'), 'Runbooks.');
  expect(readManifests(folder).runbooks).toHaveLength(24);
});

test('a site watches more by naming files of metrics, such as the ready set for node_exporter', () => {
  const { metrics } = readManifests(folder);
  expect(metrics.map(({ name }) => name)).not.toContain('node_clock_skew');
  change('metrics.yaml', '# also:', 'also:');
  change('metrics.yaml', '# alerts: { service: [service]', 'alerts: { service: [app]');
  const both = readManifests(folder);
  expect(both.metrics.map(({ name }) => name)).toContain('node_clock_skew');
  expect(both.metrics.slice(0, metrics.length)).toEqual(metrics);
  expect(both.alerts).toEqual({ service: ['app'], server: ['server', 'instance'] });
});

describe('metrics that do not fit together are refused', () => {
  const set = 'metrics/node-exporter.yaml';
  const rows: [what: string, file: string, from: string, to: string, because: string][] = [
    [
      'a metric twice',
      set,
      'name: node_clock_skew',
      'name: cpu_used',
      'metrics.yaml: the metric cpu_used is there twice: wanted one of them.',
    ],
    [
      'a threshold on the wrong side',
      set,
      'critical_at: 0.97',
      'critical_at: 0.5',
      `${set} line 10: metrics.0.critical_at: wants to be as bad as watch_at or worse; found 0.5.`,
    ],
    [
      'a threshold without a direction',
      set,
      'bad: either',
      'bad: either\n    watch_at: 7',
      `${set} line 196: metrics.16.watch_at: a threshold needs a bad direction, up or down; found 7.`,
    ],
    [
      'a file that is not there',
      'metrics.yaml',
      'node-exporter.yaml',
      'windows.yaml',
      "metrics/windows.yaml is missing: copy it from the project's manifests/ or set MANIFESTS_DIR.",
    ],
    [
      'a file that lies elsewhere',
      'metrics.yaml',
      'metrics/node-exporter.yaml',
      '../secrets.yaml',
      'metrics.yaml line 157: also.0: wants a file such as metrics/node-exporter.yaml; found "../secrets.yaml".',
    ],
  ];
  test.each(rows)('%s', (_, file, from, to, because) => {
    change('metrics.yaml', '# also:', 'also:');
    change(file, from, to);
    expect(refusal(readManifests)).toEqual([because]);
  });
});

describe("a real site's own manifests", () => {
  const own = {
    'people.yaml': 'people:\n  - { id: p-ann, name: Ann, roles: [on-call], accounts: ["slack:U01ANN"] }\n',
    'places.yaml': 'ops: slack:C01\napprovals: slack:C02\nleadership: slack:C03\n',
    'inventory.yaml':
      'servers:\n  - { id: app-01, class: app, environment: production, services: [shop] }\nservices:\n  - id: shop\n    name: Shop\n    criticality: 1\n    owner: p-ann\n    team: web\n    dependsOn: []\n    revenuePerMinute: 90\n',
  };
  beforeEach(() => {
    for (const [file, text] of Object.entries(own)) writeFileSync(join(folder, file), text);
  });

  test('are read', () => {
    const { people, places, inventory } = readOwn(folder);
    expect(people.map(({ id }) => id)).toEqual(['p-ann']);
    expect(places.approvals).toEqual(['slack:C02']);
    expect(inventory.services.map(({ id }) => id)).toEqual(['shop']);
  });

  const rows: [what: string, file: string, from: string, to: string, because: string][] = [
    [
      'a place that is not mapped',
      'places.yaml',
      'approvals: slack:C02\n',
      '',
      'places.yaml line 1: approvals: wanted a channel, or a list of them.',
    ],
    [
      'a place that is no channel',
      'places.yaml',
      'slack:C03',
      '"#leadership"',
      'places.yaml line 3: leadership.0: wanted slack:<channel id> or teams:<conversation id>; found "#leadership".',
    ],
    [
      'an account of two people',
      'people.yaml',
      'people:\n',
      'people:\n  - { id: p-bo, name: Bo, roles: [], accounts: ["slack:U01ANN"] }\n',
      'people.yaml: The account slack:U01ANN belongs to two people.',
    ],
    [
      'a service of criticality nine',
      'inventory.yaml',
      'criticality: 1',
      'criticality: 9',
      'inventory.yaml line 6: services.0.criticality: Invalid option: expected one of 1|2|3|4; found 9.',
    ],
    [
      'a server that runs nothing known',
      'inventory.yaml',
      '[shop]',
      '[shoe]',
      "inventory.yaml: Server app-01 runs shoe, which is not among the inventory's services.",
    ],
  ];
  test.each(rows)('%s is refused', (_, file, from, to, because) => {
    change(file, from, to);
    expect(refusal(readOwn)).toEqual([because]);
  });

  test('a file that is not there is asked for', () => {
    rmSync(join(folder, 'inventory.yaml'));
    expect(refusal(readOwn)).toEqual([
      "inventory.yaml is missing: copy it from the project's manifests/ or set MANIFESTS_DIR.",
    ]);
  });
});
