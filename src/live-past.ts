// A program of its own, started by the trial: lives through its past and leaves what is to be taken in as a file.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pastSchema, writtenPast } from './past.ts';

async function main(): Promise<void> {
  // Everything else on this machine goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.once('disconnect', () => process.exit(1));
  const asked = pastSchema.parse(JSON.parse(process.argv[2] ?? ''));
  const onDay = (day: number) => void process.send?.({ day });
  const part = `${asked.file}.part`;
  await pipeline(Readable.from(writtenPast(asked, onDay)), createWriteStream(part));
  // Half a file is never taken for a whole one.
  await rename(part, asked.file);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    process.exit(1);
  },
);
