// The command line's questions about runbooks.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decidedAs, detailsOf, type Rehearsed } from './dry-run.ts';
import { untrue } from './knowledge/undoable.ts';
import { readManifests, readRunbook } from './manifests.ts';
import { toolsOf } from './toolbox.ts';
import { type Given, type Said, textOf, type Verb, wrong } from './verb.ts';
import { Refused } from './written.ts';

/** Nothing listens there: of these tools only words are wanted. */
const nowhere = { url: 'http://127.0.0.1:9' };

export const runbookCheck: Verb = {
  name: 'runbook check',
  does: 'whether runbooks could be followed: their form, what they look at, and what their tools undo',
  help: `Usage: npm run roster -- runbook check FILE…|all

  FILE                 a runbook, such as manifests/runbooks/full-disk.yaml
  all                  every one in manifests/runbooks, also held against each other

Exit code 1 when something is objected to.`,
  options: {},
  run: async (given) => {
    const { rest } = given;
    if (rest.length === 0) return wrong('runbook check needs a FILE, or all.');
    const isAll = rest.length === 1 && rest[0] === 'all';
    const files = isAll ? allIn(given.manifests()) : rest;
    const missing = files.find((file) => !existsSync(file));
    if (missing) return wrong(`There is no file ${missing}.`);
    const each = files.flatMap((file) => objectionsTo(file, given.manifests()));
    const objections = each.length > 0 || !isAll ? each : refusals(() => readManifests(given.manifests()));
    const lines = [`${files.length} runbooks checked, ${objections.length} objections.`, ...objections];
    return {
      code: objections.length > 0 ? 1 : 0,
      text: given.values.json ? JSON.stringify({ checked: files.length, objections }) : lines.join('\n'),
    };
  },
};

function allIn(manifests: string): string[] {
  const folder = join(manifests, 'runbooks');
  if (!existsSync(folder)) return [folder];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => join(folder, name));
}

function objectionsTo(file: string, manifests: string): string[] {
  const tools = toolsOf({ awx: nowhere, loki: nowhere }, () => new Date());
  return refusals(() => {
    const runbook = readRunbook(file, manifests);
    const none = runbook.steps.filter(({ tool }) => !tools.some(({ name }) => name === tool));
    const objected = [
      ...none.map(({ tool }) => `there is no tool ${tool}: wanted one of src/tools.`),
      ...untrue([runbook], tools),
    ];
    if (objected.length > 0) throw new Refused(objected.map((because) => `${file}: ${because}`));
  });
}

function refusals(reading: () => unknown): string[] {
  try {
    reading();
    return [];
  } catch (error) {
    if (error instanceof Refused) return error.because;
    throw error;
  }
}

const places = {
  service: 'service',
  server: 'server',
  version: 'version',
  previous_version: 'previous-version',
} as const;

export const runbookDryRun: Verb = {
  name: 'runbook dry-run',
  does: 'the steps of a runbook filled in, and what would be decided of each now; nothing is run',
  help: `Usage: npm run roster -- runbook dry-run NAME [--service ID] [--server ID] [--version V] [--previous-version V]
                                            [--confidence 0.9]

  NAME                 the runbook's id, such as memory-leak
  --service, --server  what it is for, by the ids of the inventory
  --confidence         how sure the worker would be, 0 to 1; 1 unless said

It decides by the policy and the charters in force, with the switches, breakers and windows as they are now.

Exit code 1 when a step would be refused.`,
  options: {
    service: { type: 'string' },
    server: { type: 'string' },
    version: { type: 'string' },
    'previous-version': { type: 'string' },
    confidence: { type: 'string' },
  },
  run: async (given) => {
    const [name] = given.rest;
    if (!name || given.rest.length > 1) return wrong('runbook dry-run needs one NAME, such as memory-leak.');
    const confidence = Number(textOf(given, 'confidence') ?? '1');
    if (!(confidence >= 0 && confidence <= 1)) return wrong('--confidence is no number from 0 to 1.');
    const said = Object.entries(places).map(([key, option]) => [key, textOf(given, option)]);
    const known = Object.fromEntries(said.filter(([, value]) => value !== undefined));
    return given.ask(['/operator/runbook-dry-run', { runbook: name, known, confidence }], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text') throw new Error('The running app answered with something else than steps.');
      return told(answer.value as Rehearsed, given);
    });
  },
};

function told(rehearsed: Rehearsed, { values }: Given): Said {
  const code = rehearsed.steps.some(({ decision }) => decision.kind === 'refuse') ? 1 : 0;
  return { code, text: values.json ? JSON.stringify(rehearsed) : linesOf(rehearsed).join('\n') };
}

function linesOf({ runbook, version, title, worker, who, window, steps }: Rehearsed): string[] {
  return [
    `${runbook}@${version}: ${title}. Nothing is run.`,
    ...steps.flatMap((one, place) => [
      `${place + 1}. ${one.what}: ${decidedAs[one.decision.kind]}. ${one.decision.because.join(' ')}`,
      `   ${one.tool} ${one.arguments}`,
      ...detailsOf(one).map((line) => `   ${line}`),
    ]),
    `${worker} would do it. By hand: ${who?.join(' or ') ?? 'whoever may step in'}.`,
    `Then ${window.metrics.length > 0 ? window.metrics.join(', ') : 'what raised its signals'} must stay usual for ${window.seconds / 60} min, on a trial for less.`,
  ];
}
