import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { rulesAtStart } from '../src/in-force.ts';
import { readPolicy } from '../src/manifests.ts';
import { Refused } from '../src/written.ts';
import { openFresh } from './database.ts';
import { openDesk, policy } from './desk.ts';

/** The policy's file is changed before the start: so many characters from a place on become others. */
export interface BrokenFile {
  kind: 'file';
  missing: boolean;
  at: number;
  many: number;
  become: string;
}

export const brokenFiles: fc.Arbitrary<BrokenFile> = fc.record({
  kind: fc.constant('file' as const),
  missing: fc.boolean(),
  at: fc.nat(4_000),
  many: fc.oneof(fc.nat(20), fc.constant(100_000)),
  become: fc.oneof(
    fc.constantFrom('', '\0', '\t', '- ', 'allow', '&a [*a]', '{', "'", 'version: 9\n'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  ),
});

/** It does not start, and says which file; or it starts under the policy that was adopted, not under this one. */
export async function isBroken({ missing, at, many, become }: BrokenFile): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'roster-policy-'));
  const file = join(folder, 'policy.yaml');
  try {
    const whole = readFileSync(join(import.meta.dirname, '../manifests/policy.yaml'), 'utf8');
    if (!missing) writeFileSync(file, whole.slice(0, at) + become + whole.slice(at + many));
    const read = readPolicy(file);
    const desk = await openDesk(await openFresh());
    try {
      await rulesAtStart(desk.gateway, { policy, charters: [] });
      const decides = (await rulesAtStart(desk.gateway, { policy: read, charters: [] })).policy;
      return decides.version === policy.version ? undefined : `It decides under policy ${decides.version}.`;
    } finally {
      await desk.close();
    }
  } catch (error) {
    if (error instanceof Refused && error.because.every((one) => one.includes(file))) return undefined;
    return `It said: ${error}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
