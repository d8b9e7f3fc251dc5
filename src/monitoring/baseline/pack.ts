type Field = Float64Array | Float32Array | Uint16Array | Uint8Array;

/** The values of these slots, field after field, little-endian as every machine we run on is. */
export function pack(fields: Field[], slots: number[]): Uint8Array {
  const picked = fields.map((field) => {
    const values = new (field.constructor as new (length: number) => Field)(slots.length);
    slots.forEach((slot, place) => {
      values[place] = field[slot] as number;
    });
    return new Uint8Array(values.buffer);
  });
  return new Uint8Array(Buffer.concat(picked));
}

/** Puts packed values back into these slots. False, and nothing done, when the content is of another shape. */
export function unpack(content: Uint8Array, fields: Field[], slots: number[]): boolean {
  const size = fields.reduce((sum, field) => sum + field.BYTES_PER_ELEMENT * slots.length, 0);
  if (content.length !== size) return false;
  // A copy begins where its first value may.
  const { buffer } = Uint8Array.from(content);
  let from = 0;
  for (const field of fields) {
    const bytes = field.BYTES_PER_ELEMENT * slots.length;
    const part = buffer.slice(from, from + bytes);
    const values = new (field.constructor as new (buffer: ArrayBuffer) => Field)(part);
    slots.forEach((slot, place) => {
      field[slot] = values[place] as number;
    });
    from += bytes;
  }
  return true;
}
