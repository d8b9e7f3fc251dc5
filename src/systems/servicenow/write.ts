// ServiceNow, write: making a change request and changing its fields. For the change records of the gateway alone.
// Not what a field means or which state comes next: that is the room records/.
import { type Access, ask } from '../http.ts';
import { asStored, type ChangeRequest, explain, one, table } from './read.ts';

/** By the names of the table's columns; times as `2026-11-21 09:00:00` in UTC. */
export type Fields = Record<string, string>;

export interface ServiceNowWriter {
  /** Makes a change request. Called twice it makes two: look for the correlation id before. */
  createChange(fields: Fields): Promise<ChangeRequest>;
  /** Sets fields, and tells how the change stands then: a business rule may have kept the state as it was. */
  updateChange(id: string, fields: Fields): Promise<ChangeRequest>;
}

/** A writer on the ServiceNow at `access`. Its methods throw `SystemFailed`. */
export function openServiceNowWriter(access: Access): ServiceNowWriter {
  const query = { ...asStored, sysparm_input_display_value: 'false' };
  return {
    async createChange(body) {
      const question = { method: 'POST' as const, path: table, query, body, explain };
      return (await ask('ServiceNow', access, question, one)).result;
    },
    async updateChange(id, body) {
      const question = { method: 'PATCH' as const, path: `${table}/${id}`, query, body, explain };
      return (await ask('ServiceNow', access, question, one)).result;
    },
  };
}
