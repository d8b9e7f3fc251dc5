// The house rules that a machine can hold: who may import whom, and what no file may contain.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

/** A room imports only rooms that stand before it. */
const rooms = [
  ...['postgres', 'redis', 'audit', 'jobs', 'budgets', 'events', 'systems', 'models', 'chat', 'people'],
  ...[
    'charter',
    'inventory',
    'tools',
    'policy',
    'approvals',
    'actions',
    'records',
    'knowledge',
    'monitoring',
    'vulnerabilities',
  ],
  ...['incidents', 'patching', 'tickets', 'scorecards', 'standup', 'digest', 'home', 'workers', 'estate'],
];
const programs = ['main.ts', 'roster.ts'];
/** Beside the rooms and outside their order; any other file directly under src/ is wiring, as app.ts is, and sees everything. */
const apart = ['settings.ts', 'variables.ts', 'envfile.ts', 'ids.ts'];
const longest = 250;

interface Import {
  /** Relative to src/, or the name of a package. */
  to: string;
  typeOnly: boolean;
}

/** Every rule broken in `files` (path relative to src/ → its text), one sentence each. */
function violations(files: Record<string, string>): string[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const code = withoutComments(text);
    const imported = importsOf(file, code).flatMap((found) => {
      const because = wrongImport(file, found);
      return because ? [`src/${file} imports ${shown(found.to)}, but ${because}.`] : [];
    });
    return [...wrongPlace(file), ...imported, ...wrongText(file, text, code)];
  });
}

function wrongPlace(file: string): string[] {
  const placed = !file.includes('/') || rooms.includes(roomOf(file));
  const vague = /(^|\/)(core|lib|utils?|common|services|helpers?)(\/|\.ts$)/.exec(file)?.[2];
  return [
    ...(placed ? [] : [`src/${file} is in no room of the list in this test.`]),
    ...(vague ? [`src/${file} is called "${vague}", but a name must say what is inside.`] : []),
  ];
}

/** Why `file` may not import this, or undefined. */
function wrongImport(file: string, { to, typeOnly }: Import): string | undefined {
  if (isProvider(to) && !file.startsWith('models/')) return 'only models/ imports a model provider';
  if (to === 'node:process' && !readsEnvironment(file)) return 'its env belongs to settings.ts';
  if (!to.endsWith('.ts') || to === 'ids.ts') return undefined;
  if (/^systems\/.*\/write\.ts$/.test(to) && !mayWrite(file, to)) return 'only tools/ may change a system';
  if (programs.includes(to)) return 'nothing imports a program';
  if (to === 'settings.ts' && typeOnly) return undefined;
  if (to === 'variables.ts') return file === 'settings.ts' ? undefined : 'only settings.ts knows them';
  if (apart.includes(file)) return `${file} stands apart from the rest`;
  if (to === 'envfile.ts' && !programs.includes(file)) return 'only a program reads the file .env';
  if (isWiring(file)) return undefined;
  if (to === 'settings.ts') return 'a room may know its types only';
  if (isWiring(to)) return 'no room knows how it is wired';
  return wrongRoom(roomOf(file), roomOf(to), to);
}

/** Change records tell of what passed the gateway: records/ writes them, to the systems that keep them. */
function mayWrite(file: string, to: string): boolean {
  if (file.startsWith('tools/')) return true;
  return file.startsWith('records/') && /^systems\/(servicenow|jira)\//.test(to);
}

function wrongRoom(from: string, room: string, to: string): string | undefined {
  if (from === room) return undefined;
  if (posix.basename(to) === 'store.ts') return "another room's store.ts is its own";
  if (rooms.indexOf(room) > rooms.indexOf(from)) return `${from} may import only rooms before it in the list`;
  return undefined;
}

function wrongText(file: string, text: string, code: string): string[] {
  const lines = text.trimEnd().split('\n').length;
  const rules: [found: boolean, because: string][] = [
    [lines > longest, `has ${lines} lines, but ${longest} is the most: look for the second noun`],
    [
      /\bprocess\??\.env\b|\bprocess\[/.test(code) && !readsEnvironment(file),
      'reads process.env, but only settings.ts and the programs may',
    ],
    [
      /\btool\.(start|look|find|run|check)\(/.test(code) && roomOf(file) !== 'actions',
      'runs a tool, but only actions/ is the road to a side effect',
    ],
    [/^\s*export default\b/m.test(code), 'has a default export, but exports are named'],
    [
      /^\s*(export |declare |const )*enum \w/m.test(code),
      'has an enum, but a union of strings says the same',
    ],
  ];
  return rules.flatMap(([found, because]) => (found ? [`src/${file} ${because}.`] : []));
}

/** The rooms of which no file opens with two lines of comment. */
function silentRooms(files: Record<string, string>): string[] {
  const spoken = Object.keys(files).filter((file) => /^\/\/ .+\n\/\/ /.test(files[file] ?? ''));
  const speaking = new Set(spoken.map(roomOf));
  return rooms.filter(
    (room) => Object.keys(files).some((file) => roomOf(file) === room) && !speaking.has(room),
  );
}

function importsOf(file: string, code: string): Import[] {
  const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\s+from\s+)?['"]([^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*()['"]([^'"]+)['"]/g;
  return [statement, dynamic].flatMap((form) =>
    [...code.matchAll(form)].map(([, type, to = '']) => ({
      to: to.startsWith('.') ? posix.join(posix.dirname(file), to) : to,
      typeOnly: Boolean(type),
    })),
  );
}

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/(^|\s)\/\/.*$/gm, '');
}

function roomOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')));
}

function isWiring(path: string): boolean {
  return !path.includes('/') && !apart.includes(path);
}

function isProvider(name: string): boolean {
  return /^(@anthropic-ai\/|openai$|openai\/)/.test(name);
}

function readsEnvironment(file: string): boolean {
  return file === 'settings.ts' || programs.includes(file);
}

function shown(to: string): string {
  return to.endsWith('.ts') ? `src/${to}` : to;
}

function sources(): Record<string, string> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return Object.fromEntries(
    files.map((file) => [file.replaceAll('\\', '/'), readFileSync(join('src', file), 'utf8')]),
  );
}

test('every file under src/ keeps the house rules', () => {
  const files = sources();
  expect(Object.keys(files)).not.toEqual([]);
  expect(violations(files)).toEqual([]);
});

test('every room says in its first two lines what it is and what it is not', () => {
  expect(silentRooms(sources())).toEqual([]);
  expect(
    silentRooms({ 'jobs/a.ts': '// One line.\nx;', 'chat/a.ts': '// Is.\n// Is not.\n', 'chat/b.ts': '' }),
  ).toEqual(['jobs']);
});

describe('a planted violation is found', () => {
  const rows: [file: string, text: string, because: string][] = [
    [
      'chat/slack/a.ts',
      "import '../../people/b.ts';",
      'src/chat/slack/a.ts imports src/people/b.ts, but chat may import only rooms before it in the list.',
    ],
    [
      'jobs/a.ts',
      "import { b } from '../audit/store.ts';",
      "src/jobs/a.ts imports src/audit/store.ts, but another room's store.ts is its own.",
    ],
    [
      'actions/a.ts',
      "import { b } from '../systems/awx/write.ts';",
      'src/actions/a.ts imports src/systems/awx/write.ts, but only tools/ may change a system.',
    ],
    [
      'records/a.ts',
      "import { b } from '../systems/awx/write.ts';",
      'src/records/a.ts imports src/systems/awx/write.ts, but only tools/ may change a system.',
    ],
    [
      'incidents/a.ts',
      "import { b } from '../systems/jira/write.ts';",
      'src/incidents/a.ts imports src/systems/jira/write.ts, but only tools/ may change a system.',
    ],
    [
      'app.ts',
      "import { b } from './systems/awx/write.ts';",
      'src/app.ts imports src/systems/awx/write.ts, but only tools/ may change a system.',
    ],
    [
      'jobs/a.ts',
      "import { app } from '../app.ts';",
      'src/jobs/a.ts imports src/app.ts, but no room knows how it is wired.',
    ],
    [
      'app.ts',
      "import { a } from './main.ts';",
      'src/app.ts imports src/main.ts, but nothing imports a program.',
    ],
    [
      'main.ts',
      "import { a } from './roster.ts';",
      'src/main.ts imports src/roster.ts, but nothing imports a program.',
    ],
    [
      'jobs/a.ts',
      "import { readSettings } from '../settings.ts';",
      'src/jobs/a.ts imports src/settings.ts, but a room may know its types only.',
    ],
    [
      'jobs/a.ts',
      "import { type Settings } from '../settings.ts';",
      'src/jobs/a.ts imports src/settings.ts, but a room may know its types only.',
    ],
    [
      'settings.ts',
      "import { a } from './jobs/a.ts';",
      'src/settings.ts imports src/jobs/a.ts, but settings.ts stands apart from the rest.',
    ],
    [
      'app.ts',
      "import { variables } from './variables.ts';",
      'src/app.ts imports src/variables.ts, but only settings.ts knows them.',
    ],
    [
      'ids.ts',
      "import type { A } from './jobs/a.ts';",
      'src/ids.ts imports src/jobs/a.ts, but ids.ts stands apart from the rest.',
    ],
    [
      'app.ts',
      "import { readEnvFile } from './envfile.ts';",
      'src/app.ts imports src/envfile.ts, but only a program reads the file .env.',
    ],
    [
      'workers/a.ts',
      "import Anthropic from '@anthropic-ai/sdk';",
      'src/workers/a.ts imports @anthropic-ai/sdk, but only models/ imports a model provider.',
    ],
    [
      'jobs/a.ts',
      "import { env } from 'node:process';",
      'src/jobs/a.ts imports node:process, but its env belongs to settings.ts.',
    ],
    [
      'jobs/a.ts',
      'const port = process.env.PORT;',
      'src/jobs/a.ts reads process.env, but only settings.ts and the programs may.',
    ],
    [
      'jobs/a.ts',
      "const port = process['env'].PORT;",
      'src/jobs/a.ts reads process.env, but only settings.ts and the programs may.',
    ],
    [
      'incidents/a.ts',
      'await tool.start(args);',
      'src/incidents/a.ts runs a tool, but only actions/ is the road to a side effect.',
    ],
    [
      'app.ts',
      'await found.tool.look(handle);',
      'src/app.ts runs a tool, but only actions/ is the road to a side effect.',
    ],
    ['jobs/a.ts', 'export default 1;', 'src/jobs/a.ts has a default export, but exports are named.'],
    [
      'jobs/a.ts',
      'export const enum Kind { A }',
      'src/jobs/a.ts has an enum, but a union of strings says the same.',
    ],
    [
      'jobs/a.ts',
      'x;\n'.repeat(251),
      'src/jobs/a.ts has 251 lines, but 250 is the most: look for the second noun.',
    ],
    ['jobs/utils/a.ts', '', 'src/jobs/utils/a.ts is called "utils", but a name must say what is inside.'],
    ['jobs/helpers.ts', '', 'src/jobs/helpers.ts is called "helpers", but a name must say what is inside.'],
    ['garage/a.ts', '', 'src/garage/a.ts is in no room of the list in this test.'],
  ];
  test.each(rows)('%s: %s', (file, text, because) => {
    expect(violations({ [file]: text })).toEqual([because]);
  });
});

test.each([
  "import { b } from '../jobs/b.ts';",
  "import type { B } from '../jobs/b.ts';",
  "import {\n  b,\n  type C,\n} from '../jobs/b.ts';",
  "import b, * as c from '../jobs/b.ts';",
  "import '../jobs/b.ts';",
  "export * from '../jobs/b.ts';",
  "export type { B } from '../jobs/b.ts';",
  "const b = await import('../jobs/b.ts');",
])('an import is seen in the form %j', (text) => {
  expect(violations({ 'redis/a.ts': text })).toEqual([
    'src/redis/a.ts imports src/jobs/b.ts, but redis may import only rooms before it in the list.',
  ]);
});

test('what the rules allow is not found', () => {
  const allowed = {
    'jobs/a.ts':
      "import { b } from '../audit/b.ts';\nimport type { Settings } from '../settings.ts';\nimport { s } from './store.ts';",
    'tools/restart.ts':
      "import { launch } from '../systems/awx/write.ts';\nimport type { ServerId } from '../ids.ts';",
    'records/jira.ts': "import { openJiraWriter } from '../systems/jira/write.ts';",
    'actions/run.ts': 'await tool.start(args); // unlike process.env',
    'app.ts': "import { readSettings } from './settings.ts';\nimport { s } from './audit/store.ts';",
    'main.ts':
      "import { app } from './app.ts';\nimport { readEnvFile } from './envfile.ts';\nreadSettings(process.env);",
    'estate/a.ts': '/** Not `process.env`, nor\n * an enum. */\nconst kind = `create type k as enum (1)`;',
  };
  expect(violations(allowed)).toEqual([]);
});
