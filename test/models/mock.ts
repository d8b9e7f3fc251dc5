import { LLMock } from '@copilotkit/aimock';
import type { ClaudeAccess } from '../../src/settings.ts';

export const names = { frontier: 'claude-opus-5-5', small: 'claude-haiku-5-5' };

/** A stand-in of Claude's interface at the wire. */
export async function openMock() {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  await mock.start();
  return {
    mock,
    access: { apiKey: 'sk-ant-test-0123456789', baseUrl: mock.url, models: names } satisfies ClaudeAccess,
    /** Everything that was sent to it, as text. */
    sent: () => mock.getRequests().map(({ body }) => JSON.stringify(body)),
    asked: () => mock.getRequests().length,
    /** What the next questions are answered, one after the other; the last for ever. */
    answers(...responses: Answer[]) {
      mock.clearFixtures();
      mock.clearRequests();
      mock.resetMatchCounts();
      let place = 0;
      mock.on({}, () => responses[Math.min(place++, responses.length - 1)] ?? { content: 'Nothing.' });
    },
    close: () => mock.stop(),
  };
}

/** As the mock takes it: text, calls of tools, an error. */
type Answer =
  | { content: string; finishReason?: string; usage?: { input_tokens: number; output_tokens: number } }
  | {
      toolCalls: { id: string; name: string; arguments: string }[];
      usage?: { input_tokens: number; output_tokens: number };
    }
  | { error: { message: string; type: string }; status: number };

/** A call of a tool, with input as JSON. */
export function calls(name: string, input: unknown, id = `toolu_${name}`): Answer {
  return {
    toolCalls: [{ id, name, arguments: JSON.stringify(input) }],
    usage: { input_tokens: 2_000, output_tokens: 500 },
  };
}

export type Mock = Awaited<ReturnType<typeof openMock>>;
