// What comes in from a chat surface: parsed by the surface, never trusted, answered by the handlers that `app.ts` gives.
import type { Card, Form } from './card.ts';
import type { Intent } from './intent.ts';

/** An account on a surface, such as `slack:U01ALICE`; who the person is, `people` knows. */
export type Account = string;

export interface Heard {
  account: Account;
  /** The channel or direct conversation, such as `slack:C01OPS`. */
  place: string;
  /** The message's own id in that place: with `place` the business key of a delivery. */
  message: string;
  /** The thread it stands in, when it stands in one. */
  thread?: string;
  /** The words without the mention of the app. */
  text: string;
  direct: boolean;
}

export interface Pressed {
  account: Account;
  place: string;
  message: string;
  intent: Intent;
}

export interface Submitted {
  account: Account;
  intent: Intent;
  /** The form's first field. */
  answer: string;
  /** Its other fields by name, where it has more. */
  more?: Record<string, string>;
}

export interface Commanded {
  account: Account;
  place: string;
  /** The words after `/roster`. */
  text: string;
}

/** What a door shows at once, to the one person who acted. */
export type Reply =
  | { kind: 'nothing' }
  /** `field` names what it is about, of a form with several. */
  | { kind: 'note'; text: string; field?: string }
  | { kind: 'form'; form: Form }
  | { kind: 'card'; card: Card };

/** Each commits before it resolves; the door acknowledges afterwards. A throw leaves the delivery unacknowledged. */
export interface Handlers {
  heard(heard: Heard): Promise<void>;
  pressed(pressed: Pressed): Promise<Reply>;
  submitted(submitted: Submitted): Promise<Reply>;
  commanded(commanded: Commanded): Promise<Reply>;
  /** What a message shows now, for a reader whose platform asks anew; undefined when it is none of ours. */
  current(at: { account: Account; place: string; message: string }): Promise<Card | undefined>;
  /** The app was added to a conversation. */
  welcomed(at: { account: Account; place: string; direct: boolean }): Promise<Reply>;
  /** What Home shows to whoever opened it. Nothing is committed. */
  home(account: Account): Promise<Card>;
  /** A click or form that is none of ours or malformed. */
  refused(account: Account, because: string): Promise<void>;
}
