import { openLoki } from '../../src/systems/loki/read.ts';
import { toolsOver } from '../../src/toolbox.ts';
import type { Awx } from '../../src/tools/awx-template.ts';
import { reachAwx } from '../../src/tools/awx-template.ts';
import type { AnyTool } from '../../src/tools/tool.ts';

const nowhere = { url: 'http://127.0.0.1:9' };

/** Every tool there is, by its name; without an AWX and a Loki, to be asked for words alone. */
export function toolsOn(
  awx: Awx = reachAwx(nowhere),
  loki = openLoki(nowhere),
  now = () => new Date('2026-11-20T10:17:03Z'),
): Record<string, AnyTool> {
  return Object.fromEntries(toolsOver(awx, loki, now).map((tool) => [tool.name, tool]));
}
