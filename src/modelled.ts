// Models: which is asked for a second opinion, at what price, with which prompts; or that none is.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Opinion } from './incidents/argue/turn.ts';
import type { Store } from './jobs/save.ts';
import type { Runbook } from './knowledge/runbook.ts';
import { openClaude } from './models/claude/claude.ts';
import { meter } from './models/meter.ts';
import type { Prices } from './models/price.ts';
import { type Prompt, parsePrompt } from './models/prompt.ts';
import type { Person } from './people/people.ts';
import type { ClaudeAccess } from './settings.ts';
import { Refused } from './written.ts';

export interface Modelled {
  claude?: ClaudeAccess | undefined;
  promptsDir: string;
  prices: Prices;
  people: Person[];
}

/** What a model is asked again with, about what was frozen. */
export function arguingOf({ runbooks, ...modelled }: Modelled & { runbooks: Runbook[] }) {
  return (store: Store) => ({ opinion: opinionOf(store, modelled), runbooks });
}

/** What asks Claude, where there is a key. Throws `Refused` when a price or a prompt is missing. */
export function opinionOf(
  store: Store,
  { claude, promptsDir, prices, people }: Modelled,
): Opinion | undefined {
  if (!claude) return undefined;
  const unpriced = Object.entries({
    ROSTER_MODEL: claude.models.frontier,
    ROSTER_SMALL_MODEL: claude.models.small,
  })
    .filter(([, name]) => !prices[name])
    .map(([variable, name]) => `${variable} is "${name}", wanted a model that has a price in models.yaml.`);
  if (unpriced.length > 0) throw new Refused(unpriced);
  return {
    models: meter(store, openClaude(claude), prices),
    prompts: { diagnose: readPrompt(promptsDir, 'diagnose'), classify: readPrompt(promptsDir, 'classify') },
    people: people.map(({ name }) => name),
  };
}

/** One prompt of `folder`. Throws `Refused`, naming the file and what is wrong. */
export function readPrompt(folder: string, name: string): Prompt {
  const file = join(folder, `${name}.md`);
  if (!existsSync(file))
    throw new Refused([`${file} is missing: copy it from the project's prompts/ or set PROMPTS_DIR.`]);
  const parsed = parsePrompt(name, readFileSync(file, 'utf8'));
  if (parsed.kind === 'refused') throw new Refused([`${file}: ${parsed.because}.`]);
  return parsed.prompt;
}
