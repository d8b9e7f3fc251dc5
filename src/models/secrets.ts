import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

/** What stands where a secret stood; which one it was is not kept anywhere. */
const gone = '[secret]';

/**
 * What logs give away that is no vendor's token; each pattern's group `keep` stays. Vendors' tokens are found by
 * secretlint, besides those whose looks it leaves out.
 */
const inLogs: RegExp[] = [
  // Keys in PEM, also when the end is cut off.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // postgres://user:password@host
  /(?<keep>\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]*:[^\s@]+(?=@)/gi,
  // Headers that let somebody in, to the end of the line
  /(?<keep>\b(?:proxy-)?authorization\\*["']?\s*[:=]\s*|\b(?:set-)?cookie\\*["']?\s*:\s*)[^\r\n]+/gi,
  /(?<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi,
  // password=…, "client_secret": "…", --token …, also inside JSON inside JSON, and where a quote is cut off
  /(?<keep>\b[\w.-]*(?:passw(?:or)?d|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|signature)[\w-]*\\*["']?(?:\s*[:=]\s*|\s+is\s+))(?:(?<quote>\\*["']).*?(?:\k<quote>|$)|[^\s,;&"'\\]+)/gim,
  /(?<keep>\s--?(?:password|passwd|pass|token|secret|api-?key)\s+)\S+/gi,
  /(?<keep>\bidentified\s+(?:by|with)\s+)(?:'[^']*'|"[^"]*"|\S+)/gi,
  /(?<keep>[?&](?:sig|key|code|auth)=)[^\s&"']+/gi,
  // Tokens by their looks, also where a word runs on behind them: JWT, AWS, Google, SendGrid, and by their beginnings
  /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g,
  /\b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  /\b(?:sk-|[sr]k_live_|xox[a-z]-|xapp-|gh[pousr]_|github_pat_|glpat-|npm_|hf_)[\w-]{16,}/g,
];

const preset = '@secretlint/secretlint-rule-preset-recommend';
const options = {
  noPhysicFilePath: true,
  config: { rules: [{ id: preset, rule: creator, options: {} }] },
};

/** `text` with every secret in it replaced by `[secret]`, for good. */
export async function withoutSecrets(text: string): Promise<string> {
  const known = inLogs.reduce(
    (rest, pattern) => rest.replace(pattern, (...found) => `${keptIn(found)}${gone}`),
    text,
  );
  // Comments that switch secretlint off are no business of a log line.
  const content = known.replace(/secretlint/gi, (word) => '_'.repeat(word.length));
  const source = { filePath: 'text', content, contentType: 'text' as const };
  const { messages } = await lintSource({ source, options });
  const ranges = messages.map(({ range }) => range).toSorted(([a], [b]) => b - a);
  let rest = known;
  let until = known.length;
  for (const [from, to] of ranges) {
    // Two rules may find the same: what was replaced already is not cut again.
    rest = rest.slice(0, from) + gone + rest.slice(Math.min(to, until) === to ? to : until);
    until = from;
  }
  return rest;
}

function keptIn(found: unknown[]): string {
  const groups = found.at(-1);
  return typeof groups === 'object' && groups !== null && 'keep' in groups ? String(groups.keep ?? '') : '';
}
