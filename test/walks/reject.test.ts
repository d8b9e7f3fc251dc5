import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveLocalSlack } from '../chat/trial-slack.ts';
import { chromiumHere, openBrowser } from './browser.ts';
import { openShift, type Shift, where } from './shift.ts';

if (!chromiumHere) console.warn('\nSKIPPED: the walk through a browser, because no Chromium is installed.\n');

describe.skipIf(!haveLocalSlack || !chromiumHere)('a rejection, in the browser', () => {
  let shift: Shift;
  let browser: Browser;
  beforeAll(async () => {
    [shift, browser] = await Promise.all([openShift({ speed: 10 }), openBrowser()]);
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await shift.close();
  });

  it('asks why in a form, runs nothing, and hands the incident to a person', async () => {
    const { ops } = shift;
    const parent = await ops.expectCard(where.ops, /Checkout: .* far from usual/, 60_000);
    await ops.expectCard(where.approvals, /Please decide: Roll checkout back/, 30_000);

    const page = await browser.newPage();
    await page.goto(`${shift.slackUrl}/archives/${where.approvals}`);
    await page.locator('select').first().selectOption({ label: 'Gale Governor' });
    await page.getByRole('button', { name: 'Reject', exact: true }).first().click();
    await page.locator('.modal-overlay input').fill('The campaign page depends on the new version.');
    await page.locator('.modal-overlay').getByRole('button', { name: 'Reject', exact: true }).click();

    const settled = await ops.expectCard(where.approvals, /Rejected: Roll checkout back/, 20_000);
    expect(settled.buttons).toEqual([]);
    expect(settled.words).toMatch(/Rejected\*? by <@U01GOVONE>[\s\S]*Nothing was run/);
    expect(settled.words).toContain('The campaign page depends on the new version.');
    await page.getByText('Rejected: Roll checkout back').first().waitFor();

    const handed = await ops.expectCard(where.ops, /inc-1 needs a person/, 20_000, parent.ts);
    expect(handed.fallback).toContain('<@U01ONCALL>');
    expect(handed.words).toMatch(/was rejected, so a person must decide how to go on/);
    await ops.expectCard(where.ops, /Needs a person/, 10_000);
  });

  it('leaves the incident to whoever takes it, and to nobody twice', async () => {
    const { ops } = shift;
    const parent = await ops.expectCard(where.ops, /Needs a person/);
    await ops.clickAs('U01ONCALL', parent, "I've got it");
    await ops.expectNote(where.ops, 'U01ONCALL', /It is yours/);
    await ops.expectCard(where.ops, /Taken over/, 10_000, parent.ts);
    const taken = await ops.expectCard(where.ops, /A person has it/);
    expect(taken.buttons).toEqual(['Hand back', 'Escalate', 'False alarm', 'Stop all workers']);
  });
});
