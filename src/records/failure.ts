import { SystemFailed } from '../systems/http.ts';
import type { ChangeSystem } from './record.ts';

type Failure =
  /** Waiting mends it. */
  | { kind: 'away'; because: string; retryAfterMs: number | undefined }
  /** Somebody must put something right. */
  | { kind: 'wrong'; because: string };

/**
 * What a failure of a system means for a record, and a sentence for who can mend it: the same for all records that it
 * befalls. `id` is the record's own. Throws what is no failure of a system. Pure.
 */
export function judged(
  { called, credentials }: ChangeSystem,
  error: unknown,
  id: string | undefined,
): Failure {
  if (!(error instanceof SystemFailed)) throw error;
  const { status, retryAfterMs } = error;
  const because = id === undefined ? error.message : error.message.replaceAll(id, '…');
  if (status === undefined || status >= 500 || status === 408 || status === 429)
    return { kind: 'away', because, retryAfterMs };
  if (status === 401)
    return { kind: 'wrong', because: `${called} does not let us in (401): correct ${credentials}.` };
  if (status === 403)
    return { kind: 'wrong', because: `${because}. Give the user of ${credentials} the right to do that.` };
  if (status === 404 && id !== undefined)
    return {
      kind: 'wrong',
      because: `${called} no longer has a change record that was opened there: somebody deleted or hid it.`,
    };
  return { kind: 'wrong', because };
}
