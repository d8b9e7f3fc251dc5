import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { lockFolder } from '../../src/postgres/lock.ts';

const folder = () => `/nowhere/${randomUUID()}`;

test('of ten who lock a folder at once one holds it, and the rest are told what to do', async () => {
  const where = folder();
  const locks = await Promise.all(Array.from({ length: 10 }, () => lockFolder(where)));
  expect(locks.filter(({ kind }) => kind === 'held')).toHaveLength(1);
  expect(locks.find(({ kind }) => kind === 'taken')).toEqual({
    kind: 'taken',
    because: `The data folder ${where} is open in another running process: stop that one, or set DATA_DIR to another folder.`,
  });
  for (const lock of locks) if (lock.kind === 'held') lock.release();
});

test('a folder that was released can be locked again, and another one always', async () => {
  const where = folder();
  const first = await lockFolder(where);
  expect((await lockFolder(folder())).kind).toBe('held');
  if (first.kind === 'held') first.release();
  await expect.poll(async () => (await lockFolder(where)).kind, { timeout: 10_000 }).toBe('held');
});

test('a process that is killed leaves no lock behind', async () => {
  const where = folder();
  const code = `
    const { lockFolder } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/postgres/lock.ts'))});
    console.log((await lockFolder(${JSON.stringify(where)})).kind);
    setInterval(() => {}, 1_000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect((await once(createInterface(other.stdout), 'line'))[0]).toBe('held');
  expect((await lockFolder(where)).kind).toBe('taken');
  other.kill('SIGKILL');
  await once(other, 'exit');
  await expect.poll(async () => (await lockFolder(where)).kind, { timeout: 10_000 }).toBe('held');
});
