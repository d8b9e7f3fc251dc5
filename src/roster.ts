// The operator's command line. With an embedded database it talks to the running app.
import { parseArgs } from 'node:util';
import { readEnvFile } from './envfile.ts';
import { reach } from './reach.ts';
import { auditExport, auditVerify } from './roster-audit.ts';
import { backtestVerb } from './roster-backtest.ts';
import { charterCheck, charterDiff } from './roster-charter.ts';
import { digestVerb } from './roster-digest.ts';
import { doctorVerb } from './roster-doctor.ts';
import { importIncidentsVerb } from './roster-import.ts';
import { killVerb, unkillVerb } from './roster-kill.ts';
import { policyTry } from './roster-policy.ts';
import { postMortemVerb } from './roster-post-mortem.ts';
import { replayVerb } from './roster-replay.ts';
import { reportCompliance } from './roster-report.ts';
import { reviewVerb } from './roster-review.ts';
import { runbookCheck, runbookDryRun } from './roster-runbook.ts';
import { readSettings, type Settings } from './settings.ts';
import { type Said, type Verb, wrong } from './verb.ts';

const verbs: Verb[] = [
  auditVerify,
  auditExport,
  backtestVerb,
  digestVerb,
  doctorVerb,
  importIncidentsVerb,
  replayVerb,
  postMortemVerb,
  policyTry,
  charterCheck,
  charterDiff,
  runbookCheck,
  runbookDryRun,
  reportCompliance,
  reviewVerb,
  killVerb,
  unkillVerb,
];

const help = `Usage: npm run roster -- <verb> [--json] [--help]

${verbs.map(({ name, does }) => `  ${name.padEnd(18)} ${does}`).join('\n')}

Exit codes: 0 all is well, 1 something was found, 2 used wrongly or not to be had.`;

async function run(args: string[]): Promise<Said> {
  const words = args.filter((one) => !one.startsWith('-'));
  const verb = verbs.find(({ name }) => words.slice(0, name.split(' ').length).join(' ') === name);
  if (!verb) return args.includes('--help') ? { code: 0, text: help } : wrong(help);
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...verb.options, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return { code: 0, text: verb.help };
  return verb.run({
    values: values as Record<string, string | boolean | undefined>,
    rest: positionals.slice(verb.name.split(' ').length),
    manifests: () => settings().manifestsDir,
    settings,
    say: (line) => console.error(line),
    ask: (question, use) => reach(settings(), question, use),
  });
}

function settings(): Settings {
  const file = readEnvFile('.env');
  const read = file.kind === 'env' ? readSettings({ ...file.env, ...process.env }) : file;
  if (read.kind === 'refused') throw new Error(read.because.join('\n'));
  return read.settings;
}

run(process.argv.slice(2)).then(
  ({ code, text }) => {
    if (text) (code === 2 ? console.error : console.log)(text);
    process.exit(code);
  },
  (error) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  },
);
