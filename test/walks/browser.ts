import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The Chromium installed here; undefined where there is none. */
export const chromiumHere = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless Chromium that looks nothing up outside. Throws where none is installed. */
export function openBrowser(): Promise<Browser> {
  if (!chromiumHere) throw new Error('No Chromium is installed: on Debian, apt-get install chromium.');
  return chromium.launch({ executablePath: chromiumHere, args: flags });
}
