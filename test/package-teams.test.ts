// The app for Teams: what an admin makes with "npm run package:teams" and uploads.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { inflateSync } from 'node:zlib';
import { default as Draft04 } from 'ajv-draft-04';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, describe, expect, test } from 'vitest';
import { does } from '../src/commanded.ts';
import { commands } from '../src/workers/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'roster-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const given = {
  MicrosoftAppId: '5A1F0C3E-1111-4222-8333-944445555666',
  PUBLIC_URL: 'https://ops.fernwood.com/',
};

function packed(env: Record<string, string>) {
  const program = resolve('bin/package-teams.ts');
  const outside = { PATH: process.env.PATH ?? '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], {
    cwd: folder,
    env: { ...outside, ...env },
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}`.trim() };
}

describe('the package', () => {
  const { status, said } = packed(given);
  const files = unzipSync(readFileSync(join(folder, 'roster-teams.zip')));
  const text = strFromU8(files['manifest.json'] ?? new Uint8Array());
  const manifest = JSON.parse(text);

  test('holds the three files that Teams wants, at its top', () => {
    expect({ status, said }).toEqual({
      status: 0,
      said: expect.stringMatching(/^roster-teams\.zip is made/),
    });
    expect(Object.keys(files).toSorted()).toEqual(['color.png', 'manifest.json', 'outline.png']);
  });

  test('fits the schema of its manifest version', () => {
    const require = createRequire(import.meta.url);
    const installed = require.resolve('@microsoft/app-manifest/package.json');
    const schemas = join(dirname(installed), 'build/json-schemas/teams');
    const file = join(schemas, `v${manifest.manifestVersion}`, 'MicrosoftTeams.schema.json');
    const schema = JSON.parse(readFileSync(file, 'utf8'));
    const ajv = new Draft04.default({ strict: false, allErrors: true, validateFormats: false });
    const fits = ajv.compile(schema);
    fits(manifest);
    expect(fits.errors ?? []).toEqual([]);
    expect(fits({ ...manifest, name: { short: 'x'.repeat(31) } })).toBe(false);
  });

  test('bears the ids and the address of this site, and nothing of the example', () => {
    expect([manifest.id, manifest.bots[0].botId]).toEqual(Array(2).fill(given.MicrosoftAppId.toLowerCase()));
    expect(manifest.validDomains).toEqual(['ops.fernwood.com']);
    expect(manifest.developer.websiteUrl).toBe('https://ops.fernwood.com');
    expect(manifest.developer.privacyUrl).toBe('https://ops.fernwood.com/privacy');
    expect(text).not.toMatch(/example\.com|0{8}-0{4}/);
  });

  test('has a colour icon of 192 pixels and a white outline of 32 on nothing', () => {
    expect(pictureIn(files['color.png'])).toMatchObject({ width: 192, height: 192 });
    const { pixels, ...outline } = pictureIn(files['outline.png']);
    expect(outline).toEqual({ width: 32, height: 32 });
    const seen = pixels.filter(([, , , alpha]) => alpha > 0);
    expect(seen.filter(([red, green, blue]) => red + green + blue !== 3 * 255)).toEqual([]);
    expect(seen.length).toBeGreaterThan(50);
    expect(pixels.length - seen.length).toBeGreaterThan(200);
  });
});

describe('the menu of commands', () => {
  const { bots } = JSON.parse(readFileSync('manifests/teams/manifest.json', 'utf8'));
  const menu: { title: string; description: string }[] = bots[0].commandLists[0].commands;
  const says: Record<string, string> = {
    help: 'every command',
    ...Object.fromEntries(commands.map((one) => [one.word, one.says])),
    ...does,
  };
  // Teams shows ten in a scope; these are typed rarely, and home and help name them.
  const leftOut = [
    ...['kills', 'breaker', 'mutes', 'unmute', 'watch', 'adopt', 'runbook'],
    ...['status', 'scorecard', 'calibration', 'maturity', 'fleet', 'review', 'rate', 'habits'],
  ];

  test('is every command there is but those left out, in the words of help', () => {
    expect(Object.fromEntries(menu.map(({ title, description }) => [title, description]))).toEqual(
      Object.fromEntries(Object.entries(says).filter(([word]) => !leftOut.includes(word))),
    );
    expect(menu.length).toBeLessThanOrEqual(10);
  });
});

test.each([
  [
    'MicrosoftAppId',
    { PUBLIC_URL: given.PUBLIC_URL },
    /^No package was made: MicrosoftAppId is not set, wanted/,
  ],
  [
    'PUBLIC_URL',
    { MicrosoftAppId: given.MicrosoftAppId },
    /^No package was made: PUBLIC_URL is not set, wanted/,
  ],
  ['https', { ...given, PUBLIC_URL: 'http://ops' }, /PUBLIC_URL is something else, wanted the https/],
  ['an id', { ...given, MicrosoftAppId: 'roster' }, /MicrosoftAppId is something else, wanted the bot's/],
])('without %s one sentence says what is wanted', (_, env, sentence) => {
  const { status, said } = packed(env);
  expect(said).toMatch(sentence);
  expect(said.split('\n').length).toBe(1);
  expect(status).toBe(2);
});

/** Of a PNG with 8 bits of red, green, blue and alpha whose rows are not filtered, as ours are. */
function pictureIn(file: Uint8Array = new Uint8Array()) {
  const data = Buffer.from(file);
  const parts: Buffer[] = [];
  for (let at = 8; at < data.length; at += 12 + data.readUInt32BE(at))
    if (data.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(data.subarray(at + 8, at + 8 + data.readUInt32BE(at)));
  const [width, height] = [data.readUInt32BE(16), data.readUInt32BE(20)];
  expect([data[24], data[25]]).toEqual([8, 6]);
  const raw = inflateSync(Buffer.concat(parts));
  const pixels: [number, number, number, number][] = [];
  for (let row = 0; row < height; row += 1) {
    const start = row * (width * 4 + 1);
    expect(raw[start]).toBe(0);
    for (let at = start + 1; at < start + 1 + width * 4; at += 4)
      pixels.push([raw[at] ?? 0, raw[at + 1] ?? 0, raw[at + 2] ?? 0, raw[at + 3] ?? 0]);
  }
  return { width, height, pixels };
}
