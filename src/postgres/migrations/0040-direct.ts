import { type Kysely, sql } from 'kysely';

/** Whose chat with the app a conversation in Teams is; the files that Slack has of our pictures, by workspace. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table teams_conversation add column direct_with text`.execute(db);
  await sql`create index teams_conversation_direct on teams_conversation (direct_with) where direct_with is not null`.execute(
    db,
  );
  await sql`create table slack_file (
    workspace text not null,
    picture text not null references picture on delete cascade,
    file text not null,
    completed boolean not null default false,
    at timestamptz not null default clock_timestamp(),
    primary key (workspace, picture)
  )`.execute(db);
  await sql`create index slack_file_picture on slack_file (picture)`.execute(db);
}
