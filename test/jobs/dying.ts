// A process of its own that takes jobs, says so, and is never done with them.
import { type Handlers, jobNames } from '../../src/jobs/job.ts';
import { openQueue } from '../../src/jobs/queue.ts';
import { openPool } from '../../src/postgres/pool.ts';

const database = openPool(process.argv[2] ?? '');
const queue = await openQueue(database, console);
const begin = async (data: object) => {
  console.log(JSON.stringify(data));
  await new Promise(() => {});
};
const handlers = Object.fromEntries(jobNames.map((name) => [name, begin])) as unknown as Handlers;
await queue.work(handlers, []);
