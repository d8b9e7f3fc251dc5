#!/usr/bin/env node
// The launcher: runs a script under a Node that reads TypeScript by itself, whichever Node is installed.
// Not part of the product: plain JavaScript that Node 20 can read, and no decisions beyond which Node.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const node = newEnough(process.versions.node) ? process.execPath : bundledNode();
if (node) run(node);
else {
  console.error(
    `Roster needs Node 22.18 or newer (24 is best) and found ${process.version} with no bundled Node for ` +
      `${process.platform}-${process.arch}: install Node 24 from https://nodejs.org and run the command again.`,
  );
  process.exitCode = 2;
}

/** 22.18 is the first to strip types without a flag; 23.0 to 23.5 still want one. */
function newEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major === 22) return minor >= 18;
  return major === 23 ? minor >= 6 : major > 23;
}

/** The path of the Node that came as an optional dependency, undefined where none did. */
function bundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  try {
    const found = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`);
    return join(dirname(found), 'bin', platform === 'win' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

function run(node) {
  // Half the usual room for short-lived objects: on 240,000 series that is a tenth less memory, for no time to speak of.
  const flags = ['--max-semi-space-size=8'];
  // The ipc channel carries no messages: the child sees it close when this process is gone, even by kill -9.
  const child = spawn(node, [...flags, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', (error) => {
    console.error(
      `Roster could not start ${node} (${error.message}): remove node_modules and run npm ci again.`,
    );
    process.exitCode = 2;
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  // A terminal sends Ctrl-C to the child as well; forwarding it there would look like a second, impatient one.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  if (process.env.npm_lifecycle_event) whenOrphaned(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** An npm that was stopped by force tells nobody: without this look the app would live on and hold its port. */
function whenOrphaned(act) {
  const before = startedBy();
  const look = setInterval(() => {
    if (startedBy() === before) return;
    clearInterval(look);
    act();
  }, 500);
}

/** Our parent's process id; where that is npm's shell, which outlives npm, the id above it as well. */
function startedBy() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8'); // "pid (name) state parent …"
    const [, name, above] = /\((.*)\) \S (\d+)/s.exec(stat) ?? [];
    return /^(ba|da)?sh$/.test(name) ? `${process.ppid} ${above}` : `${process.ppid}`;
  } catch {
    return `${process.ppid}`; // only Linux has /proc
  }
}
