// Branded ids, nothing else: a string that says what it identifies.
type Branded<Name extends string> = string & { readonly [brand]: Name };
declare const brand: unique symbol;

export type WorkerId = Branded<'worker'>;
export type PersonId = Branded<'person'>;
export type IncidentId = Branded<'incident'>;
export type SignalId = Branded<'signal'>;
export type ActionId = Branded<'action'>;
export type ApprovalId = Branded<'approval'>;
export type DeliveryId = Branded<'delivery'>;
export type PictureId = Branded<'picture'>;
/** Of a mute or of something expected. */
export type SilenceId = Branded<'silence'>;
