// What each surface can do, as the README tells it. Source of what the platforms allow: their documentation, named per row.

type Can = 'same' | { by: string } | { not: string };

interface Row {
  what: string;
  slack: Can;
  teams: Can;
  /** A page below learn.microsoft.com/microsoftteams/platform or docs.slack.dev. */
  source?: string;
}

const rows: Row[] = [
  { what: 'Cards, every one of them', slack: 'same', teams: 'same' },
  { what: 'Buttons, every intent of them', slack: 'same', teams: 'same' },
  {
    what: "A worker's own name and picture",
    slack: 'same',
    teams: { by: 'in the card, because a message is always the app’s' },
  },
  { what: 'Marked as an AI', slack: 'same', teams: 'same' },
  {
    what: 'Pictures',
    slack: {
      by: 'Slack fetches it from `PUBLIC_URL`; without one it is uploaded once and shown as a file; where neither can be, it is said in words',
    },
    teams: {
      by: "each reader's client fetches it from `PUBLIC_URL`; without one it is said in words, because a card shows only what has a public address",
    },
    source: 'task-modules-and-cards/cards/cards-reference',
  },
  {
    what: 'Forms',
    slack: { by: 'a modal' },
    teams: {
      by: 'a card in place of the one that was clicked, for that person alone; with what was wrong when an answer does not do',
    },
    source: 'task-modules-and-cards/cards/universal-actions-for-adaptive-cards/user-specific-views',
  },
  {
    what: 'A private note after a click',
    slack: { by: 'an ephemeral message' },
    teams: {
      by: 'the answer to the click, in its own response; a message only one person sees is a preview',
    },
    source: 'agents-in-teams/targeted-messages',
  },
  {
    what: 'Telling one person alone',
    slack: { by: 'the direct conversation with the app, which the app opens' },
    teams: {
      by: 'the chat with the app, which the app begins where it is installed for that person or in a team of theirs; else they open it once',
    },
    source: 'bots/how-to/conversations/send-proactive-messages',
  },
  { what: 'Mentions', slack: 'same', teams: { by: 'twenty a card, who comes after is named' } },
  { what: 'Threads', slack: 'same', teams: 'same' },
  {
    what: 'Editing a message',
    slack: 'same',
    teams: 'same',
    source: 'bots/how-to/update-and-delete-bot-messages',
  },
  {
    what: 'A reaction as a sign of life',
    slack: 'same',
    teams: { not: 'reactions by bots are a preview; the answer itself comes' },
    source: 'agents-in-teams/agent-reactions',
  },
  {
    what: 'Finding a message again after a crash',
    slack: { by: 'reading the channel' },
    teams: { not: 'a bot reads no history without consent to `ChannelMessage.Read.Group`' },
    source: 'graph-api/rsc/resource-specific-consent',
  },
  {
    what: 'Commands',
    slack: { by: '`/roster status`, answered to that person alone; or as in Teams' },
    teams: {
      by: '`@Roster status`, or the words alone in the chat with the app, from one list; answered where it was said',
    },
    source: 'bots/how-to/create-a-bot-commands-menu',
  },
  {
    what: 'Home',
    slack: { by: 'the Home tab of the app, made anew when it is opened; or `/roster home`' },
    teams: {
      by: '`home` in the chat with the app, or the first message there; a bot has no tab without a web page',
    },
    source: 'tabs/what-are-tabs',
  },
  {
    what: 'Noticing that somebody deleted a message',
    slack: { by: 'asking for it, and when it is edited' },
    teams: { by: 'only when it is edited' },
    source: 'bots/how-to/update-and-delete-bot-messages',
  },
  {
    what: 'Asking what somebody is, before they decide',
    slack: { by: 'the workspace, of anybody' },
    teams: { by: 'the conversation they acted in last; of whoever never acted nothing is known' },
    source: 'bots/how-to/get-teams-context',
  },
  {
    what: "Times in the reader's own zone",
    slack: 'same',
    teams: { by: '`DATE()` and `TIME()` in the card; in the notification UTC' },
    source: 'adaptive-cards/create/textfeatures',
  },
  {
    what: 'Links to a message',
    slack: 'same',
    teams: { by: 'a deep link made from its ids; none in the chat of one person with the app' },
    source: 'concepts/build-and-test/deep-link-teams',
  },
  {
    what: 'Channel messages that mention nobody',
    slack: { by: 'an event the app does not ask for' },
    teams: { by: 'a consent to `ChannelMessage.Read.Group` that the app does not ask for' },
    source: 'bots/how-to/conversations/channel-messages-for-bots-and-agents',
  },
  {
    what: 'Private and shared channels',
    slack: { by: 'inviting the app' },
    teams: { by: 'adding the app to each; its manifest says `supportsChannelFeatures: tier1`' },
    source: 'build-apps-for-shared-private-channels',
  },
];

const begin = '<!-- parity -->';
const end = '<!-- /parity -->';

/** The README with the table as it is now between its markers. */
export function withParity(readme: string): string {
  const [before, rest = ''] = readme.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined)
    throw new Error(`The README has no place for the table: wanted ${begin} and ${end}.`);
  return `${before}${begin}\n${table()}\n${end}${after}`;
}

function table(): string {
  const lines = rows.map(({ what, slack, teams, source }) => {
    return `| ${what} | ${said(slack)} | ${said(teams)}${source ? ` ([source](${addressOf(source)}))` : ''} |`;
  });
  return ['| what | Slack | Teams |', '|---|---|---|', ...lines].join('\n');
}

function said(can: Can): string {
  if (can === 'same') return 'same';
  return 'by' in can ? `another way: ${can.by}` : `not possible: ${can.not}`;
}

function addressOf(page: string): string {
  const room = page.startsWith('adaptive-cards/') ? '' : 'microsoftteams/platform/';
  return `https://learn.microsoft.com/${room}${page}`;
}
