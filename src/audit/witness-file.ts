import { closeSync, createReadStream, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

const newline = 0x0a;

/** Appends one line and has it on the disk before it returns; a half line that a power cut left is closed first. */
export function appendLine(file: string, line: string): void {
  const handle = openSync(file, 'a+', 0o644);
  try {
    writeSync(handle, `${endsHalf(handle) ? '\n' : ''}${line}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The lines of a file as bytes, without their newline; `whole` is false for a last one that has none. */
export async function* linesOf(file: string): AsyncGenerator<{ line: Buffer; whole: boolean }> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : (chunk as Buffer);
    let start = 0;
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline, start)) {
      yield { line: data.subarray(start, end), whole: true };
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  if (rest.length > 0) yield { line: rest, whole: false };
}

/** What a line says; undefined when it is no JSON. */
export function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function endsHalf(handle: number): boolean {
  const { size } = fstatSync(handle);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(handle, last, 0, 1, size - 1);
  return last[0] !== newline;
}
