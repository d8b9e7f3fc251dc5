// Models: the one metered way to a language model: redact, reserve, ask, record.
// Not where an answer comes to mean something: who asks decides in code what of it may be claimed.

/** A frontier model for causes and runbooks, a small one for sorting. */
export type Size = 'frontier' | 'small';

export interface Request {
  size: Size;
  /** The prompt: what is to be done. Never text from outside. */
  system: string;
  messages: Message[];
  tools: Offered[];
  /** At most so many tokens of answer, thinking included. */
  maxTokens: number;
}

/** A tool that the model may call; its input is checked by who offers it, not here. */
export interface Offered {
  name: string;
  description: string;
  /** JSON Schema of an object. */
  schema: { type: 'object'; [keyword: string]: unknown };
}

export type Message = { from: 'us'; blocks: (Said | Result)[] } | { from: 'model'; blocks: AnswerBlock[] };

export interface Said {
  kind: 'said';
  text: string;
}

/** What came of a call. */
export interface Result {
  kind: 'result';
  call: string;
  text: string;
  failed: boolean;
}

export interface Called {
  kind: 'called';
  id: string;
  tool: string;
  input: unknown;
}

/** `kept`: the provider's own, such as thinking: handed back as it came, read by nobody here. */
export type AnswerBlock = Said | Called | { kind: 'kept'; block: unknown };

/** Tokens of one call, as the provider counts them. */
export interface Usage {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

export const noUsage: Usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

export interface Answered {
  kind: 'answered';
  blocks: AnswerBlock[];
  /** `cut`: it ran into `maxTokens`. */
  stop: 'ended' | 'called' | 'cut';
  usage: Usage;
}

export type Failure = 'rate-limited' | 'overloaded' | 'refused' | 'malformed' | 'down';

export interface Failed {
  kind: Failure;
  /** One sentence, without anything that was sent. */
  because: string;
  /** Undefined: not known, so all that was reserved counts. */
  usage?: Usage;
}

/** A provider of models. What goes wrong is an answer; it throws only what is a bug. */
export interface Model {
  /** The provider's name of each. */
  names: Record<Size, string>;
  ask(request: Request): Promise<Answered | Failed>;
}
