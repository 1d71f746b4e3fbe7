/** What stands between two breaks of a text: a paragraph, a heading or an item of a list. */
export interface Block {
  readonly text: string;
  /** Whether a paragraph ends with it, rather than an item of a list. */
  readonly endsParagraph: boolean;
}

const FENCE = /^\s*(?:```|~~~)/;
const RULE = /^\s*(?:(?:[-*_=]\s*){3,})$/;
const TABLE_RULE = /^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*:?-*:?\s*$/;
const HEADING = /^\s{0,3}#{1,6}\s+/;
const QUOTE = /^\s*(?:>\s?)+/;
const BULLET = /^\s*[-*+•‣◦▪·–]\s+/u;
const NUMBERED = /^\s*(\d{1,3})[.)]\s+/;

/** Zero-width characters, soft hyphens, byte order marks and control characters. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\p{Cc}]/gu;
const EMOJI = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\ufe0e\ufe0f\u20e3]/gu;

/** The words of a text without its markup, as Markdown has it, and without what cannot be said, like emoji. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const close = (endsParagraph: boolean): void => {
    const joined = inline(lines.join(' '));
    if (joined !== '') blocks.push({ text: joined, endsParagraph });
    else if (endsParagraph) endParagraph(blocks);
    lines = [];
  };
  for (const line of text.normalize('NFC').split(/\r\n|[\n\r\u2028\u2029\v\f]/)) {
    if (/^\s*$/.test(line) || FENCE.test(line) || RULE.test(line) || TABLE_RULE.test(line)) close(true);
    else if (HEADING.test(line)) {
      close(true);
      lines.push(line.replace(HEADING, '').replace(/\s#+\s*$/, ''));
      close(true);
    } else {
      const plain = line.replace(QUOTE, '');
      if (BULLET.test(plain) || NUMBERED.test(plain)) close(false);
      lines.push(plain.replace(BULLET, '').replace(NUMBERED, '$1, '));
    }
  }
  close(true);
  return blocks;
}

/** A blank line after a list ends a paragraph, too. */
function endParagraph(blocks: Block[]): void {
  const last = blocks.pop();
  if (last !== undefined) blocks.push({ ...last, endsParagraph: true });
}

function inline(text: string): string {
  return text
    .replace(/\t/g, ' ')
    .replace(INVISIBLE, '')
    .replace(/!?\[([^\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)/g, '$1')
    .replace(/<(https?:\/\/[^>\s]+)>/g, '$1')
    .replace(/<\/?[a-z][^<>]{0,200}>/gi, ' ')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ENTITIES[name] ?? ' ')
    .replace(/`+([^`]*)`+/g, '$1')
    .replace(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\p{L}\p{N}*])/gu, '$1')
    .replace(/(?<![\p{L}\p{N}_])_(?=\S)([^_]+?)(?<=\S)_(?![\p{L}\p{N}_])/gu, '$1')
    .replace(/\s*\|\s*/g, ', ')
    .replace(EMOJI, ' ')
    .replace(/^[\s,]+|[\s,]+$/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,;!?](?:\s|$))/g, '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };
