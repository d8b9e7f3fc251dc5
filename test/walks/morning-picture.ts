// Makes the README's picture of a stand-up from a running trial whose morning comes some minutes after its start.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openShift, where, who } from './shift.ts';

const minutes = 4;

/** Lives through some minutes of the trial until its stand-up, is replied to, and is drawn. */
export async function drawMorning(browser: Browser, path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'roster-morning-'));
  const shift = await openShift({ speed: 10, env: { MANIFESTS_DIR: manifestsDue(folder) } });
  try {
    const { ops } = shift;
    await ops.expectCard(where.ops, /Waiting for an approval/, 60_000);
    for (const fault of ['memory-leak', 'queue-backlog'])
      await ops.command({ channel: where.ops, user: who.governor, text: `break ${fault}` });
    const told = await ops.expectCard(where.ops, /Stand-up, /, (minutes + 2) * 60_000);
    const reply = (user: string, text: string) =>
      ops.mention({ channel: where.ops, user, thread: told.ts, text });
    await reply(who.dba, 'mine: yesterday the replica of db-01, today its backups, blocked by nothing');
    await ops.expectCard(where.ops, /Noted/, 10_000, told.ts);
    await reply(who.oncall, 'Rex, pause inc-1');
    await ops.expectCard(where.ops, /Done as you say/, 10_000, told.ts);
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    await page.goto(`${shift.slackUrl}/archives/${where.ops}`);
    const title = page.getByText('Stand-up, ').first();
    await title.scrollIntoViewIfNeeded();
    await page
      .getByText(/\d+ replies/)
      .last()
      .click();
    await title.evaluate((one) => one.scrollIntoView({ block: 'start' }));
    await page.screenshot({ path });
  } finally {
    await shift.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The shipped manifests, with the stand-up some minutes from now. */
function manifestsDue(folder: string): string {
  const due = new Date(Date.now() + minutes * 60_000);
  cpSync('manifests', folder, { recursive: true });
  const workers = join(folder, 'workers');
  for (const file of readdirSync(workers)) {
    const text = readFileSync(join(workers, file), 'utf8');
    const cron = `{ cron: "${due.getUTCMinutes()} ${due.getUTCHours()} * * *", timezone: UTC }`;
    writeFileSync(join(workers, file), text.replace(/standup: \{.*\}/, `standup: ${cron}`));
  }
  return folder;
}
