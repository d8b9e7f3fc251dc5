import type { IncidentId } from '../../ids.ts';
import type { Metered } from '../../models/meter.ts';
import type { Called, Message } from '../../models/model.ts';
import type { Prompt } from '../../models/prompt.ts';
import type { Reading } from '../../monitoring/reading.ts';
import type { Deployment } from '../../systems/loki/deployed.ts';
import type { Evidence, Hypothesis } from '../incident.ts';

/** What a second opinion by a model needs; a site without a key has none. */
export interface Opinion {
  models: Metered;
  prompts: { diagnose: Prompt; classify: Prompt };
  /** Names of people, which do not leave. */
  people: string[];
}

/** What is known as facts, for code to hold claims against. No word of a log is in it. */
export interface Material {
  evidence: Evidence[];
  /** By rule. */
  hypotheses: Hypothesis[];
  readings: Pick<Reading, 'metric' | 'subject' | 'z'>[];
  deployments: (Pick<Deployment, 'service' | 'version' | 'replacing'> & { at: string })[];
  /** When the first signal was raised. */
  onset: string;
}

/** A model's turn on one attempt at an incident, as far as it came. */
export interface Turn {
  incident: IncidentId;
  attempt: number;
  /** Counts what was saved: who saves on an older one comes too late. */
  step: number;
  /** How often the frontier model was asked. */
  asked: number;
  /** The kind of incident by the small model, `none` when it could not say; null before it was asked. */
  classified: string | null;
  /** Without secrets. Personal data is hidden when they are sent. */
  messages: Message[];
  material: Material;
}

/** How often the frontier model is asked in one turn. */
export const mostAsked = 4;

/** What the model wants done before it is asked again. Pure. */
export function openCalls({ messages }: Pick<Turn, 'messages'>): Called[] {
  const last = messages.at(-1);
  return last?.from === 'model' ? last.blocks.filter((block) => block.kind === 'called') : [];
}
