import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readSettings, type Settings } from '../src/settings.ts';

type Env = Record<string, string>;
const slack = { SLACK_BOT_TOKEN: 'xoxb-1-secret', SLACK_APP_TOKEN: 'xapp-1-secret' };

const teams = {
  MicrosoftAppId: '00000000-0000-4000-8000-00000000a001',
  MicrosoftAppPassword: 'a secret~',
  MicrosoftAppTenantId: '00000000-0000-4000-8000-00000000E001',
};
const registration = {
  appId: teams.MicrosoftAppId,
  password: teams.MicrosoftAppPassword,
  tenantId: teams.MicrosoftAppTenantId,
};

describe('settings that are taken', () => {
  test('nothing set is a trial with everything at its usual place', () => {
    expect(taken({})).toEqual({
      site: { kind: 'trial', speed: 1, slackPort: 4100, past: true },
      port: 3978,
      manifestsDir: 'manifests',
      promptsDir: 'prompts',
      dataDir: '.roster',
      logLevel: 'info',
      postMortemDays: 5,
    });
  });

  const rows: [why: string, env: Env, part: object][] = [
    ['an empty variable is not set', { SLACK_BOT_TOKEN: '', PORT: ' ', AWX_URL: '' }, taken({})],
    ['an unknown variable is ignored', { SOMETHING_ELSE: 'x' }, taken({})],
    ['spaces around a value are not part of it', { PORT: ' 80 ' }, { port: 80 }],
    ['a trial may be faster', { TRIAL_SPEED: '20' }, { site: { kind: 'trial', speed: 20 } }],
    ['a trial may have no past', { TRIAL_PAST: 'off' }, { site: { kind: 'trial' } }],
    ['a trial may be slower', { TRIAL_SPEED: '0.5' }, { site: { kind: 'trial', speed: 0.5 } }],
    [
      'both Slack tokens make a real site',
      slack,
      {
        site: {
          kind: 'real',
          slack: { botToken: 'xoxb-1-secret', mode: { kind: 'socket', appToken: 'xapp-1-secret' } },
        },
      },
    ],
    [
      'the address of Slack ends in a slash',
      { ...slack, SLACK_API_URL: 'http://127.0.0.1:4100/api' },
      { site: { slack: { apiUrl: 'http://127.0.0.1:4100/api/' } } },
    ],
    [
      'a signing secret beside both tokens does no harm',
      { ...slack, SLACK_SIGNING_SECRET: 's' },
      { site: { kind: 'real', slack: { mode: { kind: 'socket' } } } },
    ],
    [
      'a bot token and a signing secret make a real site over HTTP',
      { SLACK_BOT_TOKEN: slack.SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET: 's' },
      {
        site: {
          kind: 'real',
          slack: { botToken: 'xoxb-1-secret', mode: { kind: 'http', signingSecret: 's' } },
        },
      },
    ],
    ['a bot’s registration makes a real site', teams, { site: { kind: 'real', teams: { registration } } }],
    [
      'both surfaces at once',
      { ...slack, ...teams, MicrosoftAppType: 'SingleTenant' },
      { site: { kind: 'real', slack: { mode: { kind: 'socket' } }, teams: { registration } } },
    ],
    [
      'a trial in Teams as well',
      { TRIAL_TEAMS_PORT: '56150' },
      { site: { kind: 'trial', speed: 1, slackPort: 4100, teamsPort: 56_150 } },
    ],
    [
      'a real site may run changes',
      { ...slack, AWX_URL: 'http://awx', AWX_TOKEN: 't' },
      { awx: { url: 'http://awx', token: 't' } },
    ],
    [
      'Claude is asked where there is a key, by the models that are newest here',
      { ANTHROPIC_API_KEY: 'sk-ant-1' },
      { claude: { apiKey: 'sk-ant-1', models: { frontier: 'claude-opus-5-5', small: 'claude-haiku-5-5' } } },
    ],
    [
      'which model answers what, and where, can be said',
      {
        ANTHROPIC_API_KEY: 'k',
        ANTHROPIC_BASE_URL: 'http://models.example/',
        ROSTER_MODEL: 'claude-sonnet-5-5',
        ROSTER_SMALL_MODEL: 'small',
        PROMPTS_DIR: 'own',
      },
      {
        claude: {
          apiKey: 'k',
          baseUrl: 'http://models.example',
          models: { frontier: 'claude-sonnet-5-5', small: 'small' },
        },
        promptsDir: 'own',
      },
    ],
    ['senders of webhooks know a token', { WEBHOOK_TOKEN: 'w' }, { webhookToken: 'w' }],
    [
      'what keeps change records',
      {
        ...slack,
        ...{ SERVICENOW_URL: 'https://sn.example', SERVICENOW_USER: 'u', SERVICENOW_PASSWORD: 'p' },
        ...{ JIRA_URL: 'https://jira.example', JIRA_EMAIL: 'u@jira.example', JIRA_API_TOKEN: 't' },
      },
      {
        servicenow: { url: 'https://sn.example', user: 'u', password: 'p' },
        jira: { url: 'https://jira.example', user: 'u@jira.example', password: 't' },
      },
    ],
    [
      'a token to read with',
      { PROMETHEUS_URL: 'http://p:9090/prom', PROMETHEUS_TOKEN: 't' },
      { prometheus: { url: 'http://p:9090/prom', token: 't' } },
    ],
    [
      'a user and password to read with',
      { LOKI_URL: 'http://l', LOKI_USER: 'u', LOKI_PASSWORD: 'p' },
      { loki: { url: 'http://l', user: 'u', password: 'p' } },
    ],
    [
      'traces to read',
      { JAEGER_URL: 'http://j:16686', JAEGER_TOKEN: 't' },
      { jaeger: { url: 'http://j:16686', token: 't' } },
    ],
    [
      'the addresses of the stores',
      {
        DATABASE_URL: 'postgres://a@h/d',
        MIGRATION_DATABASE_URL: 'postgresql://o@h/d',
        REDIS_URL: 'rediss://h',
      },
      { databaseUrl: 'postgres://a@h/d', migrationDatabaseUrl: 'postgresql://o@h/d', redisUrl: 'rediss://h' },
    ],
  ];
  test.each(rows)('%s', (_, env, part) => expect(taken(env)).toMatchObject(part));

  test('every line of .env.example is known, and together they make a real site', () => {
    const example = parseEnv(readFileSync('.env.example', 'utf8').replace(/^#(?=[A-Za-z_]+=)/gm, ''));
    expect(taken(example as Env)).toMatchObject({
      site: { kind: 'real' },
      awx: {},
      prometheus: {},
      loki: {},
    });
    for (const name of Object.keys(example)) expect(readFileSync('src/variables.ts', 'utf8')).toContain(name);
  });
});

describe('settings that are refused', () => {
  const rows: [env: Env, because: string | string[]][] = [
    [{ PORT: '80a' }, 'PORT is "80a", wanted a port number from 1 to 65535.'],
    [{ PORT: '70000' }, 'PORT is "70000", wanted a port number from 1 to 65535.'],
    [{ PORT: '-1' }, 'PORT is "-1", wanted a port number from 1 to 65535.'],
    [{ TRIAL_SPEED: '0' }, 'TRIAL_SPEED is "0", wanted a number above 0, at most 100.'],
    [{ TRIAL_SPEED: '101' }, 'TRIAL_SPEED is "101", wanted a number above 0, at most 100.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud", wanted debug, info, warn or error.'],
    [
      { PUBLIC_URL: 'roster.example' },
      'PUBLIC_URL is a value of 14 characters, wanted an http:// or https:// address with no user, password or query in it.',
    ],
    [
      { PROMETHEUS_URL: 'http://u:secret@h' },
      'PROMETHEUS_URL is a value of 17 characters, wanted an http:// or https:// address with no user, password or query in it.',
    ],
    [
      { DATABASE_URL: 'mysql://u:secret@h' },
      'DATABASE_URL is a value of 18 characters, wanted a database address that begins with postgres://.',
    ],
    [
      { REDIS_URL: 'secret@h' },
      'REDIS_URL is a value of 8 characters, wanted an address that begins with redis:// or rediss://.',
    ],
    [
      { MIGRATION_DATABASE_URL: 'postgres://h/d' },
      'DATABASE_URL is not set beside MIGRATION_DATABASE_URL, wanted the same database as the role the app runs as.',
    ],
    [
      { SLACK_BOT_TOKEN: slack.SLACK_APP_TOKEN, SLACK_APP_TOKEN: slack.SLACK_BOT_TOKEN },
      [
        'SLACK_BOT_TOKEN is a value of 13 characters, wanted a bot token, which begins with xoxb-.',
        'SLACK_APP_TOKEN is a value of 13 characters, wanted an app-level token, which begins with xapp-.',
      ],
    ],
    [
      { SLACK_BOT_TOKEN: slack.SLACK_BOT_TOKEN },
      'SLACK_APP_TOKEN is not set beside SLACK_BOT_TOKEN, wanted an app-level token, which begins with xapp- (Socket Mode), or SLACK_SIGNING_SECRET (HTTP).',
    ],
    [
      { SLACK_BOT_TOKEN: slack.SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET: 'a secret' },
      'SLACK_SIGNING_SECRET is a value of 8 characters, wanted the Signing Secret of the app, without spaces or line breaks.',
    ],
    [
      { SLACK_CLIENT_ID: 'secret' },
      'SLACK_CLIENT_ID is a value of 6 characters, but installing into many workspaces is not served yet: unset it, wanted SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), for one workspace.',
    ],
    [
      { MicrosoftAppId: teams.MicrosoftAppId },
      [
        'MicrosoftAppPassword is not set beside MicrosoftAppId, wanted a client secret of that app registration.',
        'MicrosoftAppTenantId is not set beside MicrosoftAppId, wanted the directory (tenant) id that registered it.',
      ],
    ],
    [
      { ...teams, MicrosoftAppTenantId: '' },
      'MicrosoftAppTenantId is not set beside MicrosoftAppId, wanted the directory (tenant) id that registered it.',
    ],
    [
      { MicrosoftAppPassword: 'secret', MicrosoftAppTenantId: teams.MicrosoftAppTenantId },
      [
        'MicrosoftAppId is not set beside MicrosoftAppPassword, wanted the application (client) id of that registration.',
        'MicrosoftAppId is not set beside MicrosoftAppTenantId, wanted the application (client) id of that registration.',
      ],
    ],
    [
      { ...teams, MicrosoftAppId: 'secret', MicrosoftAppTenantId: 'shop.example' },
      [
        'MicrosoftAppId is a value of 6 characters, wanted an id of the form 00000000-0000-0000-0000-000000000000.',
        'MicrosoftAppTenantId is a value of 12 characters, wanted an id of the form 00000000-0000-0000-0000-000000000000.',
      ],
    ],
    ...['MultiTenant', 'UserAssignedMSI', 'singletenant'].map((type): [Env, string] => [
      { ...teams, MicrosoftAppType: type },
      `MicrosoftAppType is "${type}", wanted SingleTenant, the only kind of bot that Microsoft still registers and that is served here.`,
    ]),
    ...['0', '65536', '80a'].map((port): [Env, string] => [
      { TRIAL_TEAMS_PORT: port },
      `TRIAL_TEAMS_PORT is "${port}", wanted a port number from 1 to 65535.`,
    ]),
    ...['AWX_URL', 'SERVICENOW_URL', 'JIRA_URL'].map((name): [Env, string] => [
      { [name]: 'https://real' },
      `${name} is a value of 12 characters in a trial, which must not reach a real system it could change: unset it, or set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or MicrosoftAppId, for a real site.`,
    ]),
    [
      { ANTHROPIC_BASE_URL: 'http://models.example' },
      'ANTHROPIC_API_KEY is not set beside ANTHROPIC_BASE_URL, wanted the key for what answers there.',
    ],
    [
      { ANTHROPIC_API_KEY: 'sk ant' },
      'ANTHROPIC_API_KEY is a value of 6 characters, wanted a token without spaces or line breaks.',
    ],
    [
      { ROSTER_MODEL: 'the best one' },
      'ROSTER_MODEL is "the best one", wanted the name of a model such as claude-opus-5-5.',
    ],
    [
      { ...slack, AWX_URL: 'http://awx' },
      'AWX_TOKEN is not set beside AWX_URL, wanted the token to run its jobs with.',
    ],
    [
      { ...slack, AWX_URL: 'http://awx', AWX_TOKEN: 'secret token' },
      'AWX_TOKEN is a value of 12 characters, wanted a token without spaces or line breaks.',
    ],
    [
      { ...slack, SERVICENOW_URL: 'http://sn', SERVICENOW_USER: 'u' },
      'SERVICENOW_PASSWORD is not set beside SERVICENOW_URL, wanted the password of that user.',
    ],
    [
      { ...slack, JIRA_URL: 'http://jira', JIRA_EMAIL: 'u@jira.example' },
      'JIRA_API_TOKEN is not set beside JIRA_URL, wanted an API token of that account.',
    ],
    [
      { JAEGER_USER: 'u' },
      'JAEGER_PASSWORD is not set beside JAEGER_USER, wanted the password of that user.',
    ],
    [{ LOKI_USER: 'u' }, 'LOKI_PASSWORD is not set beside LOKI_USER, wanted the password of that user.'],
    [
      { LOKI_PASSWORD: 'secret' },
      'LOKI_USER is not set beside LOKI_PASSWORD, wanted the user of that password.',
    ],
    [
      { PROMETHEUS_TOKEN: 'secret', PROMETHEUS_USER: 'u', PROMETHEUS_PASSWORD: 'secret' },
      'PROMETHEUS_TOKEN and PROMETHEUS_USER are both set, wanted a token, or a user and password, not both.',
    ],
    [
      { PORT: 'x', LOG_LEVEL: 'y' },
      [
        'PORT is "x", wanted a port number from 1 to 65535.',
        'LOG_LEVEL is "y", wanted debug, info, warn or error.',
      ],
    ],
  ];
  test.each(rows)('%o', (env, because) => {
    expect(readSettings(env)).toEqual({ kind: 'refused', because: [because].flat() });
    expect(JSON.stringify(readSettings(env)).replace('client secret', '')).not.toContain('secret');
  });
});

function taken(env: Env): Settings {
  const read = readSettings(env);
  if (read.kind === 'refused') throw new Error(read.because.join('\n'));
  return read.settings;
}
