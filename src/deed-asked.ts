// A deed that a person asks a worker for in chat.
import { propose } from './actions/propose.ts';
import type { Core } from './handlers.ts';
import type { PersonId } from './ids.ts';

export interface Asker {
  person: PersonId;
  request: string | undefined;
}

/** A deed a person asks for: a tool and its typed arguments, through the same gateway; they may not approve it. */
export async function asked({ responder, team }: Core, rest: string, by: Asker): Promise<string> {
  const [worker = '', name = '', ...pairs] = rest.trim().split(/\s+/);
  const workers = team.workers();
  const charter = workers.find((one) => one.worker === worker.toLowerCase());
  if (!charter)
    return `There is no worker called "${worker.slice(0, 40)}": wanted ${workers.map((one) => one.worker).join(', ')}.`;
  const tool = responder.gateway.tools.find((one) => one.name === name);
  if (!tool)
    return `${charter.name} has no tool called "${name.slice(0, 40)}": wanted ${responder.gateway.tools.map((one) => one.name).join(', ')}.`;
  const given = Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  const parsed = tool.arguments.safeParse(given);
  if (!parsed.success)
    return `${name} wants other arguments: ${parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')}.`;
  await propose(responder.gateway, {
    worker: charter.worker,
    incident: null,
    step: null,
    tool: name,
    arguments: parsed.data,
    requestedBy: by.person,
    ...(by.request && { request: by.request }),
    confidence: 1,
    why: 'Asked for by a person.',
    evidence: [],
    expected: `${tool.what(parsed.data)}, as asked.`,
  });
  return `${tool.what(parsed.data)}: put before the gateway. What needs an approval is asked for in the approvals channel.`;
}
