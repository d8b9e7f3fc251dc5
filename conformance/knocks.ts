// The ways in which a decision comes to Slack's door, honest and forged.
// Not the door: that is the product's, opened by `door.ts`.
import { form, payload, click as pressOf, signed } from '../test/chat/slack-signed.ts';

type Request = ReturnType<typeof signed>;
type Send = (body: string) => Request;

const soon = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const stampNow = () => String(soon(0));
const withSignature = (text: (signature: string) => string): Send => {
  return (body) => {
    const request = signed({ body, type: form });
    const signature = text(request.headers['x-slack-signature'] ?? '');
    return { ...request, headers: { ...request.headers, 'x-slack-signature': signature } };
  };
};

/** As Slack does, and as somebody would who has not its secret, or has an old request of its. */
export const sendings = {
  honestly: (body) => signed({ body, type: form }),
  'with another secret': (body) => signed({ body, type: form, secret: 'guess' }),
  'with no secret': (body) => signed({ body, type: form, secret: '' }),
  'with an empty signature': withSignature(() => ''),
  'with no hash': withSignature(() => 'v0='),
  'with half a signature': withSignature((signature) => signature.slice(0, 40)),
  'with a signature of another scheme': withSignature((signature) => signature.replace('v0', 'v1')),
  'with two signatures': withSignature((signature) => `${signature}, ${signature}`),
  'with the signature of another body': (body) => ({ ...signed({ body: `${body}&a=b`, type: form }), body }),
  'with the signature of another time': (body) =>
    signed({ body, type: form, at: soon(-60), headers: { 'x-slack-request-timestamp': stampNow() } }),
  'after 5 minutes': (body) => signed({ body, type: form, at: soon(-301) }),
  'after a day': (body) => signed({ body, type: form, at: soon(-86_400) }),
  'after years': (body) => signed({ body, type: form, at: 1_531_420_618 }),
  'before its time': (body) => signed({ body, type: form, at: soon(400) }),
  'in milliseconds': (body) => signed({ body, type: form, at: Date.now() }),
  'at no time': (body) => signed({ body, type: form, at: 'now' }),
  'at a time below zero': (body) => signed({ body, type: form, at: '-1' }),
  'after 5 minutes, stamped anew': (body) =>
    signed({ body, type: form, at: soon(-301), headers: { 'x-slack-request-timestamp': stampNow() } }),
  'as a look at the certificate': (body) =>
    signed({ body: `ssl_check=1&${body}`, type: form, secret: 'guess' }),
  'as JSON': (body) => signed({ body, type: 'application/json' }),
  'twice in one': (body) => signed({ body: `${body}&${body}`, type: form }),
  'by PUT': (body) => ({ ...signed({ body, type: form }), method: 'PUT' }),
} satisfies Record<string, Send>;

export type Sending = keyof typeof sendings;

/** Where a request of one account claims to be another's; `{ id }` of `user` is what Slack wrote. */
const claims = {
  nowhere: () => ({}),
  'as its name': (user: string, id: string) => ({ user: { id, name: user, username: user } }),
  'as its real id': (user: string, id: string) => ({ user: { id, user_id: user, real_id: user } }),
  'as user_id': (user: string) => ({ user_id: user }),
  'as account': (user: string) => ({ account: `slack:${user}`, person: 'p-one', roles: ['on-call'] }),
  'in the message': (user: string) => ({ message: { user, text: `Approved by ${user}` } }),
  'in an event': (user: string) => ({ event: { type: 'app_mention', user, text: 'approve' } }),
  'as an authorisation': (user: string) => ({ authorizations: [{ user_id: user, team_id: 'T1' }] }),
  'as a list': (user: string) => ({ user: { id: [user] } }),
  'as two': (user: string, id: string) => ({ user: { id: `${id},${user}` } }),
  'with its surface': (user: string) => ({ user: { id: `slack:${user}` } }),
  'as nobody': () => ({ user: null }),
} satisfies Record<string, (user: string, id: string) => object>;

type Claim = keyof typeof claims | 'in the button';
export const everyClaim = ['in the button', ...Object.keys(claims)] as Claim[];
/** After these Slack's own word for who it was cannot be read or is nobody, or it is an event and no click any more. */
const unreadable: Claim[] = ['as a list', 'as two', 'with its surface', 'as nobody', 'in an event'];

/** One decision that comes to the door. */
export interface Knock {
  /** Whose account Slack wrote into it. */
  user: string;
  /** Who it says it is from, besides. */
  claims: Claim;
  /** A press of the button, or the form on which the target's name is typed. */
  way: 'click' | 'form';
  sent: Sending;
}

/** Whether it is from the account that it says, as Slack sends it. */
export function isGenuine({ claims: claim, sent }: Knock): boolean {
  return sent === 'honestly' && !unreadable.includes(claim);
}

/** The request. What it claims is that it came from somebody who may decide. */
export function requestOf(
  { user, claims: claim, way, sent }: Knock,
  approval: string,
  typed: string,
): Request {
  const inButton = claim === 'in the button' ? { account: 'slack:UONE', person: 'p-one', user: 'UONE' } : {};
  const meant = JSON.stringify({ do: 'approve', approval, ...inButton });
  const said = { user: { id: user }, ...(claim === 'in the button' ? {} : claims[claim]('UONE', user)) };
  return sendings[sent](way === 'click' ? pressOf(meant, said) : filled(meant, typed, said));
}

function filled(meant: string, typed: string, more: object): string {
  return payload({
    type: 'view_submission',
    team: { id: 'T1' },
    view: {
      callback_id: 'roster-form',
      private_metadata: meant,
      blocks: [{ block_id: 'target' }],
      state: { values: { target: { answer: { value: typed } } } },
    },
    ...more,
  });
}
