import Anthropic from '@anthropic-ai/sdk';
import type { ClaudeAccess } from '../../settings.ts';
import {
  type Answered,
  type Failed,
  type Message,
  type Model,
  noUsage,
  type Request,
  type Usage,
} from '../model.ts';

/** Tries after the first, by the SDK: after 429, 529, other 5xx and a cut connection, waiting longer each time. */
const retries = 3;
/** Until an answer begins, and until it has ended with all tries, in ms. */
const patience = { begins: 60_000, ends: 300_000 };
const api = 'https://api.anthropic.com';

/** Claude through Anthropic's SDK. It streams, so that a long answer does not look like a dead connection. */
export function openClaude({ apiKey, baseUrl = api, models }: ClaudeAccess): Model {
  // What the SDK would take from the environment is said here: keys come from the settings alone, and nothing
  // that is sent gets into a log or a trace.
  const client = new Anthropic({
    apiKey,
    baseURL: baseUrl,
    webhookKey: null,
    maxRetries: retries,
    timeout: patience.begins,
    logLevel: 'off',
    openTelemetry: false,
  });
  return {
    names: models,
    ask: async (request) => {
      try {
        const signal = AbortSignal.timeout(patience.ends);
        const stream = client.messages.stream(bodyOf(models[request.size], request), { signal });
        return answerIn(await stream.finalMessage());
      } catch (error) {
        return failureIn(error);
      }
    },
  };
}

/** No tool is forced and thinking is left as the model has it: newer models refuse anything else. */
function bodyOf(model: string, { system, messages, tools, maxTokens }: Request) {
  return {
    model,
    max_tokens: maxTokens,
    // What was sent before is read from the cache when the same turn asks again.
    cache_control: { type: 'ephemeral' as const },
    system,
    messages: messages.map(messageFor),
    tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
  };
}

function messageFor({ from, blocks }: Message): Anthropic.MessageParam {
  return { role: from === 'us' ? 'user' : 'assistant', content: blocks.map(blockFor) };
}

function blockFor(block: Message['blocks'][number]): Anthropic.ContentBlockParam {
  switch (block.kind) {
    case 'said':
      return { type: 'text', text: block.text };
    case 'result':
      return { type: 'tool_result', tool_use_id: block.call, content: block.text, is_error: block.failed };
    case 'called':
      return { type: 'tool_use', id: block.id, name: block.tool, input: block.input };
    case 'kept':
      return block.block as Anthropic.ContentBlockParam;
  }
}

function answerIn({ content, stop_reason: why, usage }: Anthropic.Message): Answered | Failed {
  const used: Usage = {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    cacheWrite: usage.cache_creation_input_tokens ?? 0,
  };
  if (why === 'refusal') return { kind: 'refused', because: 'Claude refused to answer this.', usage: used };
  const blocks = content.map((block): Answered['blocks'][number] => {
    if (block.type === 'text') return { kind: 'said', text: block.text };
    if (block.type === 'tool_use')
      return { kind: 'called', id: block.id, tool: block.name, input: block.input };
    return { kind: 'kept', block: JSON.parse(JSON.stringify(block)) };
  });
  const cut = why === 'max_tokens' || why === 'model_context_window_exceeded';
  return {
    kind: 'answered',
    blocks,
    stop: cut ? 'cut' : why === 'tool_use' ? 'called' : 'ended',
    usage: used,
  };
}

/** Sentences of our own: the provider's may quote what was sent. */
function failureIn(error: unknown): Failed {
  // Before the rest: it is an APIConnectionError too.
  if (error instanceof Anthropic.APIUserAbortError || error instanceof Anthropic.APIConnectionTimeoutError)
    return { kind: 'down', because: 'Claude did not answer in time.' };
  if (error instanceof Anthropic.APIConnectionError)
    return { kind: 'down', because: 'Claude could not be reached.' };
  if (error instanceof Anthropic.APIError) return statusIn(error);
  return {
    kind: 'malformed',
    because: 'What Claude answered is not in the form that its interface promises.',
  };
}

function statusIn({ status, type }: InstanceType<typeof Anthropic.APIError>): Failed {
  // An error in the middle of a stream has no status, and what it used until then is not known.
  const usage = status === undefined ? {} : { usage: noUsage };
  if (status === 429 || type === 'rate_limit_error')
    return {
      kind: 'rate-limited',
      because: 'Claude takes no more questions from this account for now (429).',
      ...usage,
    };
  if (status === 529 || type === 'overloaded_error')
    return { kind: 'overloaded', because: 'Claude is overloaded (529).', ...usage };
  if (status === 401 || status === 403)
    return {
      kind: 'down',
      because: `Claude does not accept ANTHROPIC_API_KEY (${status}): look whether it is right.`,
      ...usage,
    };
  if (status === 400 || status === 404 || status === 413)
    return {
      kind: 'malformed',
      because: `Claude did not take the question (${status}): look whether the model is there for this account.`,
      ...usage,
    };
  return { kind: 'down', because: `Claude answered with an error (${status ?? type ?? 'none'}).`, ...usage };
}
