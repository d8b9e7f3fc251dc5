import { z } from 'zod';

/** The charter of the whole workforce. Nothing is changed anywhere before somebody signed it. */
export const operatingSchema = z.strictObject({
  version: z.number().int().positive(),
  executive: z.string().min(1),
  disclosure: z.string().min(1),
  signed_off: z
    .strictObject({ by: z.string().min(1), on: z.iso.date(), site: z.enum(['trial', 'real']) })
    .nullable(),
});

export type OperatingCharter = z.infer<typeof operatingSchema>;

/** For which kind of site it is signed off. */
export function signedFor(charter: OperatingCharter): 'trial' | 'real' | 'nobody' {
  return charter.signed_off?.site ?? 'nobody';
}
