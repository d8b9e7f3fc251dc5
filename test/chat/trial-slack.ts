import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cast, openWorkspace } from '../../src/estate/workspace.ts';

export const cast: Cast = {
  people: [
    { id: 'maria', account: 'U01MARIA', name: 'maria', realName: 'Maria Silva', email: 'maria@shop.example' },
    { id: 'dan', account: 'U02DAN', name: 'dan', realName: 'Dan Ito', email: 'dan@shop.example' },
  ],
  channels: [
    { id: 'C01OPS', name: 'ops', members: ['U01MARIA', 'U02DAN'] },
    { id: 'C02APP', name: 'approvals', members: ['U01MARIA'] },
  ],
};

/** Whether the trial's Slack exists on this machine; says so, loudly, when not. */
export const haveLocalSlack = (() => {
  try {
    return createRequire(import.meta.url).resolve('local-slack-linux-x64/package.json') !== '';
  } catch {
    console.warn(
      '\nSKIPPED: all tests on a local Slack, because the package local-slack-linux-x64 is not here.\n',
    );
    return false;
  }
})();

/** The trial's Slack in a folder of its own, on a free port; both end with `close`. */
export async function openTrialSlack(given: { folder?: string; port?: number } = {}) {
  const folder = given.folder ?? mkdtempSync(join(tmpdir(), 'roster-slack-'));
  const workspace = await openWorkspace({ folder, port: given.port ?? 0, ...cast, log: { info: () => {} } });
  if (workspace.kind === 'refused') throw new Error(workspace.because);
  const close = async () => {
    await workspace.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...workspace, folder, close, leave: workspace.close };
}

/** Keeps what was logged, to look at. */
export function openLog() {
  const lines: string[] = [];
  const keep = (level: string) => (line: string) => void lines.push(`${level}: ${line}`);
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
