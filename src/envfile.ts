// The file `.env`, read once at the start: a line that is wrong is said in a sentence with its number.
// Not where values are judged: that is settings.ts, after the real environment has had its say.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

type EnvFile =
  | { kind: 'env'; env: Record<string, string | undefined> }
  | { kind: 'refused'; because: string[] };

/**
 * The variables in the file at `path`, none when there is no such file.
 * Stricter than Node, which passes over a line it cannot read: a token lost that way looks like a trial.
 */
export function readEnvFile(path: string): EnvFile {
  try {
    const content = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    const because = malformedLines(content.split(/\r?\n/)).map((wrong) => `\`${path}\` ${wrong}`);
    return because.length > 0 ? { kind: 'refused', because } : { kind: 'env', env: parseEnv(content) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'env', env: {} };
    return {
      kind: 'refused',
      because: [`\`${path}\` cannot be read (${code}): wanted a file of lines NAME=value.`],
    };
  }
}

function malformedLines(lines: string[]): string[] {
  const wrong: string[] = [];
  for (let n = 0; n < lines.length; n++) {
    const { last, because } = statementAt(lines, n);
    if (because) wrong.push(`line ${n + 1}: found ${because}.`);
    n = last;
  }
  return wrong;
}

/** The last line of what begins on line `n` (a quoted value may go on over several), and what is wrong with it. */
function statementAt(lines: string[], n: number): { last: number; because?: string } {
  const line = lines[n]?.trim() ?? '';
  if (line === '' || line.startsWith('#')) return { last: n };
  const value = /^(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/.exec(line)?.[1];
  if (value === undefined) return { last: n, because: `${shown(line)}, wanted NAME=value` };
  const quote = /^["'`]/.exec(value)?.[0];
  if (!quote || value.includes(quote, 1)) return { last: n };
  const last = lines.findIndex((later, at) => at > n && later.includes(quote));
  if (last > n) return { last };
  return { last: n, because: `a quote that is opened and never closed, wanted NAME=${quote}value${quote}` };
}

/** A bare name may be shown; anything else on a line of its own may be a token pasted there. */
function shown(line: string): string {
  return /^[A-Z][A-Z_]{0,30}$/.test(line) ? `\`${line}\`` : `a line of ${line.length} characters`;
}
