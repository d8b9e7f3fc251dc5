// People: who a person is, their roles, their accounts on chat surfaces. The only place that holds names.
// Not who may do what: policy and approvals ask for roles.
import { z } from 'zod';
import type { Account } from '../chat/door.ts';
import type { PersonId } from '../ids.ts';

const person = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/)
    .transform((id) => id as PersonId),
  name: z.string().min(1),
  roles: z.array(z.string().regex(/^[a-z][a-z0-9-]*$/)),
  accounts: z.array(z.string().regex(/^(slack|teams):\S+$/, 'wanted slack:<user id> or teams:<user id>')),
});

export const peopleSchema = z.strictObject({ people: z.array(person).min(1) });
export type Person = z.infer<typeof person>;

const place = z.string().regex(/^(slack|teams):\S+$/, 'wanted slack:<channel id> or teams:<conversation id>');
/** One channel, or one on each surface: what is shown in it stands in all of them. */
export const channels = z.preprocess(
  (given) => (typeof given === 'string' ? [given] : given),
  z.array(place, 'wanted a channel, or a list of them').min(1),
);
export const placesSchema = z.strictObject({ ops: channels, approvals: channels, leadership: channels });
export type Places = z.infer<typeof placesSchema>;

export interface People {
  /** Who this account belongs to; undefined when nobody linked it. */
  whoIs(account: Account): Person | undefined;
  /** Those with at least one of `roles`, in the manifest's order. */
  withRole(...roles: string[]): Person[];
  find(id: PersonId): Person | undefined;
  /** The one person called so: by id, name or first name, or by an account on `surface`. Undefined when it is nobody, or several. */
  named(words: string, surface?: string): Person | undefined;
  /** The person's account on a surface such as `slack`, without its prefix. */
  accountOn(surface: string, id: PersonId): string | undefined;
}

/** Why these people cannot be told apart, each a sentence; none when they can. */
export function confusions(people: Person[]): string[] {
  const twice = (all: string[]) => [...new Set(all.filter((one, place) => all.indexOf(one) !== place))];
  return [
    ...twice(people.map((one) => one.id)).map((id) => `The id ${id} stands for two people.`),
    ...twice(people.flatMap((one) => one.accounts)).map(
      (account) => `The account ${account} belongs to two people.`,
    ),
  ];
}

/** The people of this site, found by account, id or role. */
export function peopleOf(all: Person[]): People {
  const byAccount = new Map(all.flatMap((one) => one.accounts.map((account) => [account, one] as const)));
  const byId = new Map(all.map((one) => [one.id, one]));
  return {
    whoIs: (account) => byAccount.get(account),
    withRole: (...roles) => all.filter((one) => one.roles.some((role) => roles.includes(role))),
    find: (id) => byId.get(id),
    named: (words, surface) => {
      const said = words.trim().replace(/^@/, '').trim();
      const account = surface && byAccount.get(`${surface}:${said}`);
      if (account) return account;
      const is = (name: string) => name.toLowerCase() === said.toLowerCase();
      const whole = all.filter(({ id, name }) => is(id) || is(name));
      const found = whole.length > 0 ? whole : all.filter(({ name }) => is(name.split(' ')[0] ?? name));
      return found.length === 1 ? found[0] : undefined;
    },
    accountOn: (surface, id) => {
      const account = byId.get(id)?.accounts.find((one) => one.startsWith(`${surface}:`));
      return account?.slice(surface.length + 1);
    },
  };
}
