// The thread that fetches and parses a cycle, so that the main one goes on answering people meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { openReader, type Reader } from './reader.ts';
import type { Begin, FromWorker } from './source.ts';

const { access, asked, known } = workerData as Begin;
const reader: Reader = openReader(access, asked, known);
const post = (message: FromWorker, transfer: ArrayBuffer[]) => parentPort?.postMessage(message, transfer);

parentPort?.on('message', async (at: number) => {
  const { columns, system, ...failed } = await reader.cycle(new Date(at), (fresh) =>
    post({ kind: 'fresh', fresh }, [fresh.metrics.buffer]),
  );
  post({ kind: 'cycle', columns, system, ...failed }, [columns.series.buffer, columns.values.buffer]);
});
