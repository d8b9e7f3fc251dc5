// Makes the README's pictures from the running trial: npm run pictures
import { openBrowser } from './browser.ts';
import { drawMorning } from './morning-picture.ts';
import { openShift, where, who } from './shift.ts';
import { openTeams } from './teams.ts';
import { drawWeek } from './week-picture.ts';

const shift = await openShift({ speed: 10, teams: true });
const browser = await openBrowser();
try {
  const { ops } = shift;
  const teams = await openTeams(browser, shift.teamsUrl, { width: 1280, height: 1060 });
  await teams.enter('ops');
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const parent = await ops.expectCard(where.ops, /Waiting for an approval/, 60_000);
  await page.goto(`${shift.slackUrl}/archives/${where.ops}`);
  await page
    .getByText(/\d+ replies/)
    .first()
    .click();
  await page.getByText('Please decide').first().scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'docs/approval.png' });

  const home = await browser.newPage({ viewport: { width: 1180, height: 860 } });
  await home.goto(shift.slackUrl);
  await home.locator('select').first().selectOption({ label: 'Gale Governor' });
  await home.getByText('🏠').first().click();
  await home.getByText('Stop everything').waitFor();
  await home.screenshot({ path: 'docs/home.png' });

  const inTeams = await teams.expectCard(/Please decide/);
  await teams.closeLog();
  await inTeams.evaluate((card) => card.scrollIntoView({ block: 'center' }));
  await teams.page.screenshot({ path: 'docs/teams.png' });

  const asked = await ops.expectCard(where.approvals, /Please decide/);
  await ops.clickAs(who.governor, asked, 'Approve');
  await ops.expectCard(where.ops, /Post-mortem of inc-1: draft/, 60_000, parent.ts);
  await ops.expectCard(where.ops, /Verified mended, closed/, 20_000);
  await page.getByText('Post-mortem of').first().scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'docs/verified.png' });
  await drawMorning(browser, 'docs/standup.png');
  await drawWeek(browser, 'docs/digest.png');
} finally {
  await browser.close();
  await shift.close();
}
