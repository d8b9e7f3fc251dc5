/** Why somebody at Fernwood rejects what a worker asks for. */
export const reasons = [
  'Not while the sale is on: I will look at it myself.',
  'We are in the middle of a migration there, I take this one.',
  'Last time that made it worse. I want to see the logs first.',
];

/** Why somebody says that the cause was another. */
export const otherCauses = [
  'The network team had moved a cable: what was restarted had nothing to do with it.',
  'It was the import of a partner, which had ended by itself by then.',
];

/** Why somebody says that it is not over. */
export const notOver = 'It is back: customers report the same as before.';

/** What somebody adds to a post-mortem's summary, what is to be changed, and what is to be done. */
export const lessons = [
  {
    summary: 'Customers noticed before we did; nobody had told the support team.',
    change: 'Tell the support team when an incident is opened.',
    task: 'Add the support team to the status mailing list',
  },
  {
    summary: 'The same happened in the spring, and its task was never done.',
    change: 'Raise the limit, and alert well before it.',
    task: 'Raise the limit and add an alert at 80 %',
  },
  {
    summary: 'The runbook worked. Finding somebody to approve it took longest.',
    change: 'Ask a second person when the first is away.',
    task: 'Agree on who approves at lunch time',
  },
  {
    summary: 'A test of this path is missing in staging.',
    change: 'Break it in staging once a month.',
    task: 'Write a load test for this path',
  },
];
