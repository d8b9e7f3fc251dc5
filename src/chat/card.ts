// A message as plain data: what it says, not how a platform draws it.
// Not a platform's format: each surface renders a card in its own folder.
import type { PersonId, PictureId } from '../ids.ts';
import type { Intent } from './intent.ts';

/** A plain string is shown as it is, never as markup. */
export type Span =
  | string
  | { bold: string }
  | { code: string }
  | { link: string; text: string }
  | { person: PersonId }
  | { time: Date };

export type Text = string | Span[];

export interface Button {
  label: string;
  intent: Intent;
  style?: 'primary' | 'danger';
}

export type Block =
  | { kind: 'text'; text: Text }
  | { kind: 'fields'; fields: [label: string, value: Text][] }
  | { kind: 'context'; text: Text }
  /** Untrusted text as it came (log lines, output), shown preformatted and cut to what fits. */
  | { kind: 'quote'; text: string }
  /** A picture that was kept; `alt` says what it shows, for who cannot see it and where it cannot be shown. */
  | { kind: 'picture'; picture: PictureId; alt: string }
  | { kind: 'divider' }
  | { kind: 'buttons'; buttons: Button[] };

/** Who speaks: a worker under its own name and picture, always marked as an AI. */
export interface Byline {
  name: string;
  role: string;
  /** An emoji short code such as `:owl:`. */
  avatar: string;
}

export type Tone = 'critical' | 'warning' | 'waiting' | 'good' | 'neutral';

export interface Card {
  by: Byline;
  tone: Tone;
  /** One line, the first thing read; no markup. */
  title: string;
  blocks: Block[];
  /** What a phone notification says: whole without the rest. Mentions in it notify. */
  fallback: Text;
}

export interface Field {
  name: string;
  label: string;
  hint: string;
  least: number;
  most: number;
  /** What stands in it at first. */
  value?: string;
  /** One line, such as a name or a day. */
  line?: true;
}

/** A question with fields, opened by a click. */
export interface Form {
  title: string;
  submit: string;
  intent: Intent;
  field: Field;
  /** Fields after the first. */
  more?: Field[];
}
