import { createRequire } from 'node:module';
import type { Browser, Locator } from 'playwright-core';

/** Whether the trial's Teams is installed: the playground is optional. */
export const havePlayground = (() => {
  try {
    return createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/package.json') !== '';
  } catch {
    return false;
  }
})();

const rooms = {
  personal: 'Personal Chat',
  approvals: 'approvals',
  ops: 'Fernwood - ops',
  leadership: 'Fernwood - General',
};

/**
 * Drives the trial's Teams as Robin Oncall would, in a browser. What was said is kept in the open page alone, so one
 * page is opened once.
 */
export async function openTeams(browser: Browser, url: string, size = { width: 1280, height: 1400 }) {
  const page = await browser.newPage({ viewport: size });
  await page.goto(url);
  const box = page.getByRole('textbox').first();
  const teams = {
    page,

    async enter(room: keyof typeof rooms): Promise<void> {
      await page.getByRole('treeitem', { name: rooms[room], exact: true }).click();
      await box.waitFor();
    },

    /** The newest card of the open room, threads included, in which every one of `wanted` stands; waits for it. */
    async expectCard(wanted: RegExp | RegExp[], ms = 90_000): Promise<Locator> {
      const cards = page.locator('.ac-adaptiveCard');
      const found = [wanted].flat().reduce((some, hasText) => some.filter({ hasText }), cards);
      await found.last().waitFor({ timeout: ms });
      return found.last();
    },

    /** The playground's own log takes a quarter of the screen. */
    async closeLog(): Promise<void> {
      const bar = page.getByText('Log Panel', { exact: true }).locator('..');
      await bar.getByRole('button').last().click();
    },

    async press(card: Locator, label: string): Promise<void> {
      await card.getByRole('button', { name: label, exact: true }).click();
    },

    /** Fills the open form's one field and sends it; again when the playground drew it anew meanwhile, which empties it. */
    async submit(label: string, answer: string): Promise<void> {
      const form = page.locator('.ac-adaptiveCard').filter({ has: page.locator('textarea') });
      await form.waitFor();
      for (let tries = 0; tries < 5 && (await form.count()) > 0; tries += 1) {
        await form.locator('textarea').fill(answer);
        await teams.press(form, label);
        await form.waitFor({ state: 'hidden', timeout: 5_000 }).catch(() => {});
      }
    },

    /** In the chat with the app. */
    async tell(text: string): Promise<void> {
      await box.click();
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    },

    /** A new post of a channel that mentions the app, by the menu that "@" opens. */
    async mention(text: string): Promise<void> {
      await box.click();
      await page.keyboard.type('@');
      await page.getByRole('menuitem', { name: 'Roster' }).click();
      await page.keyboard.type(` ${text}`);
      await page.getByRole('button', { name: 'Post', exact: true }).click();
    },
  };
  return teams;
}

export type Teams = Awaited<ReturnType<typeof openTeams>>;
