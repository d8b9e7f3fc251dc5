// The command line's questions about charters.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Compared, titleOf } from './charter/force.ts';
import { readCharter, readCharters } from './manifests.ts';
import { type Given, type Said, type Verb, wrong } from './verb.ts';
import { Refused } from './written.ts';

export const charterCheck: Verb = {
  name: 'charter check',
  does: 'whether charters could be adopted: their form, and what they say',
  help: `Usage: npm run roster -- charter check [FILE…]

  FILE                 a charter, such as manifests/workers/ada.yaml; all in manifests/workers unless said

Exit code 1 when something is objected to.`,
  options: {},
  run: async (given) => {
    const files = filesOf(given);
    const missing = files.find((file) => !existsSync(file));
    if (missing) return wrong(`There is no file ${missing}.`);
    const each = files.flatMap((file) => objectionsTo(() => readCharter(file)));
    // Two files for one worker are seen only together.
    const together = () =>
      given.rest.length === 0 ? objectionsTo(() => readCharters(given.manifests())) : [];
    const objections = each.length > 0 ? each : together();
    const text = [`${files.length} charters checked, ${objections.length} objections.`, ...objections];
    return {
      code: objections.length > 0 ? 1 : 0,
      text: given.values.json ? JSON.stringify({ checked: files.length, objections }) : text.join('\n'),
    };
  },
};

export const charterDiff: Verb = {
  name: 'charter diff',
  does: 'what charters would change, held against those in force',
  help: `Usage: npm run roster -- charter diff [FILE…]

  FILE                 a charter, such as manifests/workers/ada.yaml; all in manifests/workers unless said

Exit code 1 when something differs from what is in force. "/roster adopt" in chat proposes it.`,
  options: {},
  run: async (given) => {
    const charters = filesOf(given).map(readCharter);
    return given.ask(['/operator/charter-diff', { charters }], async (answer) => {
      if (answer.kind === 'wrong') return wrong(answer.because);
      if (answer.kind === 'text')
        throw new Error('The running app answered with something else than differences.');
      return told(answer.value as Compared[], given);
    });
  },
};

function filesOf({ rest, manifests }: Given): string[] {
  if (rest.length > 0) return rest;
  const folder = join(manifests(), 'workers');
  if (!existsSync(folder)) return [folder];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => join(folder, name));
}

function objectionsTo(reading: () => unknown): string[] {
  try {
    reading();
    return [];
  } catch (error) {
    if (error instanceof Refused) return error.because;
    throw error;
  }
}

function told(compared: Compared[], { values }: Given): Said {
  const code = compared.some(({ differences }) => differences.length > 0) ? 1 : 0;
  return { code, text: values.json ? JSON.stringify(compared) : compared.flatMap(linesOf).join('\n') };
}

function linesOf(compared: Compared): string[] {
  const { inForce, differences, objection } = compared;
  if (!inForce)
    return [`${titleOf(compared)} is not in force, nor another for this worker.`, ...indented(differences)];
  if (differences.length === 0) return [`${titleOf(compared)} is in force as its file says.`];
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  const head = `${titleOf(compared)}: ${count} from ${inForce.version}, which is in force.`;
  return [head, ...indented(differences), ...(objection ? [objection] : [])];
}

function indented(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
