import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { chromiumHere, openBrowser } from './browser.ts';
import { openShift, type Shift, where, who } from './shift.ts';
import { havePlayground, openTeams, type Teams } from './teams.ts';

const missing = [
  ...(chromiumHere ? [] : ['no Chromium']),
  ...(havePlayground ? [] : ['no @microsoft/m365agentsplayground']),
  ...(haveLocalSlack ? [] : ['no local Slack']),
];
if (missing.length > 0)
  console.warn(`\nSKIPPED: the walks through Teams, because there is ${missing.join(' and ')} here.\n`);

describe.skipIf(missing.length > 0)('a shift in Teams and Slack at once', { timeout: 120_000 }, () => {
  let shift: Shift;
  let browser: Browser;
  let teams: Teams;
  beforeAll(async () => {
    [shift, browser] = await Promise.all([openShift({ speed: 10, teams: true }), openBrowser()]);
    teams = await openTeams(browser, shift.teamsUrl);
    teams.page.setDefaultTimeout(30_000);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await shift.close();
  });

  it('greets whoever opens the chat with the app, and takes commands there without a mention', async () => {
    await teams.enter('personal');
    await teams.expectCard([/Nothing waits for you|waiting for your decision/, /AI worker/, /Ada/]);
    await teams.tell('incidents');
    await teams.expectCard(/No open incidents|inc-1 on checkout/);
  });

  it('an incident and its question stand in both; Approve in Teams settles both and mends it', async () => {
    const { ops } = shift;
    await teams.enter('ops');
    await teams.expectCard([/Checkout: .* far from usual/, /Waiting for an approval/]);
    const asked = await teams.expectCard([/Please decide: Roll checkout back/, /"service":"checkout"/]);
    await ops.expectCard(where.approvals, /Please decide: Roll checkout back/);
    await teams.press(asked, 'Approve');

    const settled = await ops.expectCard(where.approvals, /Approved: Roll checkout back/, 30_000);
    expect(settled.buttons).toEqual([]);
    expect(settled.words).toContain(`<@${who.oncall}>`);
    await teams.expectCard([/Approved: Roll checkout back/, /Done: Roll checkout back/]);
    await teams.expectCard(/Verified mended after/);
    await teams.expectCard([/Post-mortem of inc-1: draft/, /Roll checkout back to \S+/]);
    await teams.expectCard([/Checkout: .* far from usual/, /Verified mended, closed/]);
    await ops.expectCard(where.ops, /Verified mended, closed/, 30_000);
    await teams.enter('approvals');
    const same = await teams.expectCard([/Approved: Roll checkout back/, /Robin Oncall/]);
    expect(await same.getByRole('button').count()).toBe(0);
  });

  it('a mention is answered from the record in its thread', async () => {
    await teams.enter('ops');
    await teams.mention('what is happening with checkout?');
    await teams.expectCard([/Checkout has no open incident/, /Answered from the record/]);
  });

  it('Ask for more is answered and leaves it open; Reject asks why in a form and runs nothing, in both', async () => {
    const { ops } = shift;
    await teams.enter('personal');
    await teams.tell('break bad-deployment');
    await teams.expectCard(/Broken: bad-deployment/);
    await teams.enter('approvals');
    // Once it names the other place it stands in, it is not edited again, which would close a form.
    const question = [/Please decide: Roll \S+ back/, /The same in the thread of inc-2/];
    await teams.press(await teams.expectCard(question), 'Ask for more');
    await teams.submit('Ask', 'Which version does it go back to?');
    await teams.expectCard(/Which version does it go back to\?/);
    await teams.press(await teams.expectCard(question), 'Reject');
    await teams.submit('Reject', 'The campaign page depends on the new version.');

    const settled = await ops.expectCard(where.approvals, /Rejected: Roll \S+ back/, 30_000);
    expect(settled.buttons).toEqual([]);
    expect(settled.words).toContain('The campaign page depends on the new version.');
    await teams.expectCard([/Rejected: Roll \S+ back/, /The campaign page depends/, /Nothing was run/]);
    await teams.enter('ops');
    await teams.expectCard(/inc-2 needs a person/);
  });
});
