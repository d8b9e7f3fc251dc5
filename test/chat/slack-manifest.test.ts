import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (name: string) => JSON.parse(readFileSync(`manifests/${name}`, 'utf8'));
const address = 'https://roster.example.com/slack/events';

/** What reaches us how, taken out. */
function without(value: unknown, found: string[] = []): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part) => {
      if (name === 'socket_mode_enabled') return undefined;
      if (name !== 'url' && name !== 'request_url') return part;
      found.push(part);
      return undefined;
    }),
  );
}

test('both manifests of the Slack app ask for the same and differ in how Slack reaches us', () => {
  const [socket, http] = [read('slack.json'), read('slack-http.json')];
  const addresses: string[] = [];
  expect(without(http, addresses)).toEqual(without(socket));
  expect(addresses).toEqual([address, address, address]);
  expect([socket.settings.socket_mode_enabled, http.settings.socket_mode_enabled]).toEqual([true, false]);
  expect(JSON.stringify(socket)).not.toContain('roster.example.com');
});
