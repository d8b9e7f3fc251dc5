// Makes the README's picture of a weekly digest: a trial that has lived through its three weeks tells of the last Monday.
import type { Browser } from 'playwright-core';
import { openShift, where } from './shift.ts';

/** Waits until the trial's past is whole and the digest of last Monday is told, and draws it. */
export async function drawWeek(browser: Browser, path: string): Promise<void> {
  const shift = await openShift({ speed: 10, env: { TRIAL_PAST: 'on' } });
  try {
    const { ops } = shift;
    await ops.expectCard(where.ops, /Waiting for an approval/, 60_000);
    await ops.expectCard(where.leadership, /incidents?, \d+ mended without a person/, 8 * 60_000);
    const page = await browser.newPage({ viewport: { width: 1280, height: 1250 } });
    await page.goto(`${shift.slackUrl}/archives/${where.leadership}`);
    const title = page.getByText(/mended without a person/).first();
    await title.waitFor();
    await page.waitForLoadState('networkidle');
    await title.evaluate((one) => one.scrollIntoView({ block: 'start' }));
    await page.screenshot({ path });
    console.error(
      shift
        .log()
        .split('\n')
        .filter((line) => /three weeks/.test(line))
        .join('\n'),
    );
  } finally {
    await shift.close();
  }
}
