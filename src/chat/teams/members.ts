import type { Db } from '../../postgres/database.ts';
import { keepMember, loadMembers, type Member } from './store.ts';

/** Whom Teams has shown us so far, by account: people are named by their directory id, cards are refreshed by another. */
export interface Members {
  load(): Promise<void>;
  keep(member: Member): Promise<void>;
  /** Teams' own id (`29:…`) of an account; undefined until they have written or clicked once. */
  idOf(account: string): string | undefined;
}

export function openMembers(db: Db): Members {
  const ids = new Map<string, string>();
  return {
    load: async () => {
      for (const { account, member } of await loadMembers(db)) ids.set(account, member);
    },
    keep: async (member) => {
      await keepMember(db, member);
      ids.set(member.account, member.member);
    },
    idOf: (account) => ids.get(account),
  };
}
