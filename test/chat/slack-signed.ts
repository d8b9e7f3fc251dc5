import { createHmac } from 'node:crypto';

export const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';

interface Sent {
  body: string;
  type?: 'application/json' | 'application/x-www-form-urlencoded';
  /** Seconds since 1970; now when not given. */
  at?: number | string;
  secret?: string;
  headers?: Record<string, string>;
}

/** The request Slack would send with this body, signed as Slack signs. */
export function signed({ body, type = 'application/json', at, secret = signingSecret, headers }: Sent) {
  const stamp = String(at ?? Math.floor(Date.now() / 1_000));
  const hash = createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': `v0=${hash}`,
      ...headers,
    } as Record<string, string>,
  };
}

export const form = 'application/x-www-form-urlencoded' as const;

/** A click, a form or another interaction, as it travels. */
export const payload = (body: object) => new URLSearchParams({ payload: JSON.stringify(body) }).toString();

/** A mention of the app, as an event. */
export const mention = (event: object = {}, id = 'Ev1') =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T1',
    api_app_id: 'A1',
    event_id: id,
    event: {
      type: 'app_mention',
      user: 'U01MARIA',
      text: '<@U1> hi',
      ts: '1.2',
      channel: 'C01OPS',
      ...event,
    },
  });

/** A press of a button that means `value`. */
export const click = (value: string, more: object = {}) =>
  payload({
    type: 'block_actions',
    team: { id: 'T1' },
    user: { id: 'U01MARIA' },
    channel: { id: 'C01OPS' },
    container: { message_ts: '1.2' },
    trigger_id: '1.1.x',
    actions: [{ type: 'button', action_id: 'approve', block_id: 'b', value }],
    ...more,
  });
