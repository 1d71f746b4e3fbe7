import { readFileSync } from 'node:fs';

/** The chat template that starter-chat is trained with and carries in its file. */
export function starterChatTemplate(): string {
  const source = readFileSync('tools/starter-models/chat/starter_chat/model/chat_template.py', 'utf8');
  const text = /CHAT_TEMPLATE = """\\\n([\s\S]*?)"""/.exec(source)?.[1];
  if (text === undefined) throw new Error('no template in chat_template.py');
  return text.replaceAll('\\\\', '\\'); // Python's escapes, of which it has only this one
}
