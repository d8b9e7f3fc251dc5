/** The part of Adaptive Cards 1.5 that is used here; all of it is drawn by Teams on desktop, web and phones. */
export interface TextRun {
  type: 'TextRun';
  text: string;
  size?: 'Small' | 'Large';
  weight?: 'Bolder';
  isSubtle?: true;
  fontType?: 'Monospace';
  selectAction?: { type: 'Action.OpenUrl'; url: string };
}

interface Spaced {
  separator?: true;
  spacing?: 'None' | 'Small' | 'Medium';
}

/** Words as they are: a run is never read as markup. */
export type RichTextBlock = Spaced & { type: 'RichTextBlock'; inlines: TextRun[] };

/** Markdown, mentions and times. */
export type TextBlock = Spaced & {
  type: 'TextBlock';
  text: string;
  wrap: true;
  size?: 'Small';
  isSubtle?: true;
};

export type Element =
  | RichTextBlock
  | TextBlock
  | (Spaced & { type: 'FactSet'; facts: { title: string; value: string }[] })
  | (Spaced & { type: 'ColumnSet'; columns: { type: 'Column'; width: 'stretch'; items: Element[] }[] })
  | (Spaced & { type: 'Image'; url: string; altText: string; size: 'Stretch' })
  | (Spaced & { type: 'Container'; style: 'emphasis' | 'attention'; items: Element[] })
  | (Spaced & { type: 'ActionSet'; actions: Execute[] })
  | (Spaced & TextInput);

interface TextInput {
  type: 'Input.Text';
  id: string;
  label: string;
  isMultiline: boolean;
  isRequired: boolean;
  maxLength: number;
  /** What stands in it at first. */
  value?: string;
  regex?: string;
  errorMessage?: string;
}

/** What a press sends: `verb` says what kind of answer is expected, `data.intent` what is meant. */
export interface Execute {
  type: 'Action.Execute';
  title: string;
  verb: 'press' | 'submit' | 'refresh';
  data: Record<string, string>;
  style?: 'positive' | 'destructive';
  associatedInputs?: 'none';
  /** For clients that do not know Action.Execute. */
  fallback: { type: 'Action.Submit'; title: string; data: Record<string, string>; associatedInputs?: 'none' };
}

export interface Mention {
  type: 'mention';
  /** `<at>Maria</at>`, as it stands in a text of the card. */
  text: string;
  mentioned: { id: string; name: string };
}

/** The content of an attachment of the type `application/vnd.microsoft.card.adaptive`. */
export interface AdaptiveCard {
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  type: 'AdaptiveCard';
  version: '1.5';
  fallbackText?: string;
  speak?: string;
  refresh?: {
    action: { type: 'Action.Execute'; title: string; verb: 'refresh'; data: Record<string, string> };
    userIds: string[];
  };
  body: Element[];
  /** Teams' own: who is mentioned, and that the card takes the conversation's whole width. */
  msteams: { width: 'Full'; entities: Mention[] };
}

/** A card of these elements. */
export function adaptiveCard(body: Element[], entities: Mention[]): AdaptiveCard {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    body,
    msteams: { width: 'Full', entities },
  };
}

/** A button, and the same for clients that know only Action.Submit. */
export function button(action: Omit<Execute, 'type' | 'fallback'>): Execute {
  const { title, data, associatedInputs } = action;
  const same = { title, data, ...(associatedInputs && { associatedInputs }) };
  return { type: 'Action.Execute', ...action, fallback: { type: 'Action.Submit', ...same } };
}
