import { createHash } from 'node:crypto';
import type { By, Entry } from '../audit/entry.ts';
import { type Amounts, type Budgets, type Reserved, reserve, settle } from '../budgets/budget.ts';
import type { WorkerId } from '../ids.ts';
import { type Consequences, type Store, save } from '../jobs/save.ts';
import type { Answered, Failed, Model, Request, Size, Usage } from './model.ts';
import { costOf, mostOf, type Price, type Prices, tokensIn } from './price.ts';

/** One question to a model: what is asked, for whom, and under which budgets. */
export interface Question {
  request: Request;
  /** Names it for ever: a question that is asked a second time after a crash is another one. */
  key: string;
  worker: WorkerId;
  by: By;
  about: NonNullable<Entry['about']>;
  /** The prompt's name and version, such as `diagnose@1`. */
  prompt: string;
  budgets: Budgets;
}

export type Asked = Answered | Failed | { kind: 'spent'; because: string };

/** The only way to a model. */
export interface Metered {
  /** Which model is which. */
  names: Record<Size, string>;
  /**
   * Reserves the most it may cost, asks, counts what it really took, and notes it in the audit. Call it outside of
   * any transaction. What is cut off by a crash stays counted as reserved, as nobody knows what it took.
   */
  ask(question: Question): Promise<Asked>;
}

/**
 * A prompt of so many bytes has at most so many tokens, and no model's price is higher until there.
 * Longer ones are refused.
 */
const mostBytes = 100_000;

/** Puts a meter in front of `model`. Throws when one of its models has no price. */
export function meter(store: Store, model: Model, prices: Prices): Metered {
  const priceOf = (size: Size): Price => {
    const price = prices[model.names[size]];
    if (!price) throw new Error(`${model.names[size]} has no price in models.yaml.`);
    return price;
  };
  const priced = { frontier: priceOf('frontier'), small: priceOf('small') };
  return {
    names: model.names,
    ask: async (question) => {
      const { request } = question;
      const price = priced[request.size];
      const sent = JSON.stringify(request);
      const bytes = Buffer.byteLength(sent);
      const most = mostOf(bytes, request.maxTokens);
      const call: Call = { model: model.names[request.size], sent, price };
      const begun = await begin(store, question, call, bytes > mostBytes ? undefined : most);
      if (begun.kind === 'spent') return begun;
      const answer = await model.ask(request);
      await end(store, question, call, { answer, most });
      return answer;
    },
  };
}

interface Call {
  model: string;
  sent: string;
  price: Price;
}

function begin(store: Store, question: Question, call: Call, most: Usage | undefined): Promise<Reserved> {
  return save(store, async (tx): Promise<{ result: Reserved } & Consequences> => {
    const { key, worker, about, budgets } = question;
    const run = about.incident ?? null;
    const reserved: Reserved = most
      ? await reserve(tx, { key, run, worker, amounts: amountsOf(most, call.price) }, budgets)
      : { kind: 'spent', because: 'What would be sent to the model is too long: have a person look.' };
    if (reserved.kind === 'reserved') return { result: reserved, entries: [], jobs: [] };
    const refused = { ...entryOf(question, call, 'spent'), because: [reserved.because] };
    return { result: reserved, entries: [refused], jobs: [] };
  });
}

interface Ended {
  answer: Answered | Failed;
  most: Usage;
}

function end(store: Store, question: Question, call: Call, { answer, most }: Ended): Promise<void> {
  return save(store, async (tx) => {
    const { usage } = answer;
    if (usage) await settle(tx, question.key, amountsOf(usage, call.price));
    const entry = entryOf(question, call, answer.kind, {
      ...(usage ?? most),
      money: costOf(usage ?? most, call.price),
      ...(!usage && { counted: 'as reserved' }),
      ...(answer.kind === 'answered' && { stop: answer.stop }),
    });
    const because = answer.kind === 'answered' ? {} : { because: [answer.because] };
    return { result: undefined, entries: [{ ...entry, ...because }], jobs: [] };
  });
}

/** The record of a call: what it took and the digest of what was sent, never a word of it. */
function entryOf(
  { by, about, prompt }: Question,
  { model, sent }: Call,
  outcome: Asked['kind'],
  took: Entry['facts'] = {},
): Entry {
  const digest = createHash('sha256').update(sent).digest('hex');
  return {
    kind: 'model.asked',
    by,
    about,
    versions: { prompt },
    facts: { model, outcome, sent: digest, ...took },
  };
}

/** A call, its tokens and its money, as budgets count them. */
function amountsOf(usage: Usage, price: Price): Amounts {
  return { calls: 1, tokens: tokensIn(usage), money: costOf(usage, price) };
}
