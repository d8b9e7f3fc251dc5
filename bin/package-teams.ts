// Makes the Teams app that an admin uploads: npm run package:teams
import { readFileSync, writeFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { readEnvFile } from '../src/envfile.ts';

const folder = new URL('../manifests/teams/', import.meta.url);
const made = 'roster-teams.zip';

const missing = {
  MicrosoftAppId:
    "wanted the bot's application (client) id, of the form 01234567-89ab-cdef-0123-456789abcdef, in the environment or in .env",
  PUBLIC_URL:
    'wanted the https:// address under which Microsoft reaches Roster, such as https://roster.fernwood.com, in the environment or in .env',
};

function run(): string {
  const file = readEnvFile('.env');
  if (file.kind === 'refused') throw new Error(file.because.join(' '));
  const given = { ...file.env, ...process.env };
  const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const appId = wanted('MicrosoftAppId', given.MicrosoftAppId, (value) => id.test(value));
  const address = new URL(wanted('PUBLIC_URL', given.PUBLIC_URL, isHttps));
  writeFileSync(made, pack(appId.toLowerCase(), address));
  return `${made} is made, for ${appId} at ${address.host}: upload it in the Teams admin center, Teams apps, Manage apps, Upload new app.`;
}

function wanted(name: keyof typeof missing, given: string | undefined, fits: (value: string) => boolean) {
  const value = given?.trim() ?? '';
  if (value === '') throw new Error(`${name} is not set, ${missing[name]}.`);
  if (!fits(value)) throw new Error(`${name} is something else, ${missing[name]}.`);
  return value;
}

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:';
}

function pack(appId: string, address: URL): Uint8Array {
  const read = (name: string) => readFileSync(new URL(name, folder));
  const manifest = read('manifest.json')
    .toString()
    .replaceAll('00000000-0000-0000-0000-000000000000', appId)
    .replaceAll('https://roster.example.com', address.href.replace(/\/+$/, ''))
    .replaceAll('roster.example.com', address.host);
  return zipSync({
    'manifest.json': strToU8(manifest),
    'color.png': read('color.png'),
    'outline.png': read('outline.png'),
  });
}

try {
  console.log(run());
} catch (error) {
  console.error(`No package was made: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
