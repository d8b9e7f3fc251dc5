import type { AnyTool } from '../tools/tool.ts';
import { fill, type Known, type Runbook, type Step } from './runbook.ts';

/** What stands for anything a diagnosis may find: only whether a tool has an inverse is asked, never run. */
const sample: Required<Known> = {
  service: 'any-service',
  server: 'any-server',
  previous_version: '1',
  version: '2',
};

/** What runbooks say of their steps that is not true of the tools, each a sentence; of a tool that is not here nothing is known. Pure. */
export function untrue(runbooks: Runbook[], tools: AnyTool[]): string[] {
  return runbooks.flatMap((runbook) =>
    runbook.steps.flatMap((step, place) => {
      const because = wrongOf(step, tools);
      return because ? [`The runbook ${runbook.id}, step ${place + 1}: ${because}`] : [];
    }),
  );
}

function wrongOf(step: Step, tools: AnyTool[]): string | undefined {
  const tool = tools.find(({ name }) => name === step.tool);
  const filled = fill(step, sample);
  if (!tool || filled.kind === 'unknown') return undefined;
  const parsed = tool.arguments.safeParse(filled.arguments);
  if (!parsed.success) {
    const found = parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
    return `${tool.name} does not take its arguments: ${found}.`;
  }
  if (!step.rollback) return undefined;
  const has = tool.inverse(parsed.data).kind === 'tool' ? 'inverse' : 'none';
  if (has === step.rollback.how) return undefined;
  return has === 'none'
    ? `it says rollback: inverse, and ${tool.name} has none: wanted none, and how a person undoes it.`
    : `it says rollback: none, and ${tool.name} is undone by its inverse: wanted inverse.`;
}
