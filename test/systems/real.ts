// The real Prometheus, VictoriaMetrics, Alertmanager and node_exporter, as Debian packages them: started on
// loopback with folders of their own, and ended by their process id. Where one is missing its tests are skipped, loudly.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

/** Whether these programs are all installed; says which are not. */
export function installed(...programs: string[]): boolean {
  const missing = programs.filter((name) => !found(name));
  if (missing.length > 0)
    console.warn(
      `\nSKIPPED: tests on the real ${missing.join(', ')}, because it is not installed: apt-get install ${missing.join(' ')}.\n`,
    );
  return missing.length === 0;
}

function found(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A folder that is gone after the test. */
export function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'roster-real-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program that answers at `path` of its port before this resolves, and is gone after the test. */
async function start(program: string, args: (port: number) => string[], path: string): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, args(port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  onTestFinished(() => end(child));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
    return (await fetch(url + path).catch(() => undefined))?.ok === true;
  }, program);
  return url;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Asks again until it is so, for as long as a program may take to start. */
export async function until(isSo: () => Promise<boolean>, what: string, ms = 20_000): Promise<void> {
  const last = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > last) throw new Error(`Not so within ${ms} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** A Prometheus that scrapes `targets` every second, with what was imported into `folder` before. */
export async function startPrometheus(folder: string, targets: string[] = []): Promise<string> {
  const config = join(folder, 'prometheus.yml');
  const scrape = { job_name: 'node', scrape_interval: '1s', static_configs: [{ targets }] };
  writeFileSync(config, JSON.stringify({ scrape_configs: targets.length > 0 ? [scrape] : [] }));
  const args = (port: number) => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--storage.tsdb.retention.time=90d',
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  return start('prometheus', args, '/-/ready');
}

/** Puts OpenMetrics text into the blocks of the Prometheus of this folder, before it is started. */
export async function importToPrometheus(folder: string, text: string): Promise<void> {
  const file = join(folder, 'history.txt');
  writeFileSync(file, text);
  const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=24h', '--quiet'];
  await run('promtool', [...blocks, file, join(folder, 'data')]);
}

export async function startVictoriaMetrics(folder: string): Promise<string> {
  const args = (port: number) => [
    `-storageDataPath=${join(folder, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=12',
  ];
  return start('victoria-metrics', args, '/health');
}

interface Imported {
  metric: Record<string, string>;
  values: number[];
  /** Unix milliseconds. */
  timestamps: number[];
}

/** Puts series into a VictoriaMetrics; they can be read when this resolves. */
export async function importToVictoriaMetrics(url: string, series: Imported[]): Promise<void> {
  const body = series.map((one) => JSON.stringify(one)).join('\n');
  const answer = await fetch(`${url}/api/v1/import`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
  await fetch(`${url}/internal/force_flush`);
}

/** A node_exporter of this machine. */
export function startNodeExporter(): Promise<string> {
  return start('prometheus-node-exporter', (port) => [`--web.listen-address=127.0.0.1:${port}`], '/metrics');
}

/** An Alertmanager that tells of everything at once, to `receiver`, with this bearer token. */
export function startAlertmanager(folder: string, receiver: string, token: string): Promise<string> {
  const config = join(folder, 'alertmanager.yml');
  const route = { receiver: 'roster', group_by: ['alertname'], group_wait: '100ms', group_interval: '500ms' };
  const webhook = {
    url: receiver,
    send_resolved: true,
    http_config: { authorization: { credentials: token } },
  };
  writeFileSync(
    config,
    JSON.stringify({ route, receivers: [{ name: 'roster', webhook_configs: [webhook] }] }),
  );
  const args = (port: number) => [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ];
  return start('prometheus-alertmanager', args, '/-/ready');
}
