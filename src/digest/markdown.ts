import type { Block, Card, Text } from '../chat/card.ts';
import type { PersonId } from '../ids.ts';

interface Read {
  nameOf(person: PersonId): string;
  /** The picture's file, beside the text. */
  picture?: string | undefined;
  timezone: string;
}

/** A card as Markdown, for who reads it outside of chat; buttons are left out. Pure. */
export function markdownOf({ title, blocks }: Card, read: Read): string {
  return `${[`# ${plain(title)}`, ...blocks.flatMap((block) => blockOf(block, read))].join('\n\n')}\n`;
}

function blockOf(block: Block, read: Read): string[] {
  switch (block.kind) {
    case 'text':
      return [textOf(block.text, read)];
    case 'context':
      return [`_${textOf(block.text, read)}_`];
    case 'fields':
      return [block.fields.map(([name, value]) => `- ${plain(name)}: ${textOf(value, read)}`).join('\n')];
    case 'picture':
      return [read.picture ? `![${plain(block.alt)}](${read.picture})` : plain(block.alt)];
    case 'quote':
      return [block.text.replaceAll(/^/gm, '    ')];
    case 'divider':
      return ['---'];
    case 'buttons':
      return [];
  }
}

function textOf(text: Text, { nameOf, timezone }: Read): string {
  if (typeof text === 'string') return plain(text);
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return text
    .map((span) => {
      if (typeof span === 'string') return plain(span);
      if ('bold' in span) return `**${plain(span.bold.trim())}**${/\s*$/.exec(span.bold)?.[0] ?? ''}`;
      if ('code' in span) return `\`${span.code}\``;
      if ('link' in span) return `[${plain(span.text)}](${span.link})`;
      if ('person' in span) return plain(nameOf(span.person));
      return clock.format(span.time);
    })
    .join('');
}

/** What people wrote is not markup. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, '\\$&').replaceAll('\n• ', '\n- ');
}
