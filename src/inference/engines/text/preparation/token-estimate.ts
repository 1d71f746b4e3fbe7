import type { ToolUse } from '../../../chat-tools.js';
import type { ChatMessage } from '../../../text-tasks.js';
import type { ThoughtMarks } from '../chat-format/chat-format.js';

type Role = ChatMessage['role'];

/** Lower bound of the tokens that each message of a role adds to a prompt. */
export interface RoleCost {
  /** Special tokens that the template writes around it. */
  readonly specials: number;
  /** True when its content is part of the prompt. */
  readonly shown: boolean;
}

/** Renders messages without a client's text in them. Throws what the template throws. */
export type ProbeRender = (messages: readonly ChatMessage[]) => string;

const MARKER = 'Qz7q';
const FEW = 3;
const MANY = 12;
const FREE: RoleCost = { specials: 0, shown: false };

const message = (role: Role, content: string): ChatMessage => ({ role, content });

/** Conversations with `count` messages of a role in a row, or one in turn with the others. */
const PROBES: Readonly<Record<Role, readonly ((count: number, content: string) => ChatMessage[])[]>> = {
  user: [(count, content) => times(count, () => [message('user', content)]), inTurns('user')],
  assistant: [
    (count, content) => [
      message('user', ''),
      ...times(count, () => [message('assistant', content)]),
      message('user', ''),
    ],
    inTurns('assistant'),
  ],
  system: [
    (count, content) => [...times(count, () => [message('system', content)]), message('user', '')],
    (count, content) => [
      message('user', ''),
      message('assistant', ''),
      ...times(count, () => [message('system', content)]),
      message('user', ''),
    ],
  ],
  tool: [
    (count, content) => [
      message('user', ''),
      { role: 'assistant', content: '', toolCalls: [{ id: 'abcdefghi', name: 'f', arguments: '{}' }] },
      ...times(count, (): ChatMessage[] => [{ role: 'tool', content, toolCallId: 'abcdefghi', name: 'f' }]),
    ],
  ],
};

/** Lower bounds of the tokens of a prompt, from its texts alone. */
export class TokenEstimate {
  constructor(
    private readonly costs: Readonly<Record<Role, RoleCost>>,
    /** Bytes of the longest token; null where a text may have fewer tokens than its bytes tell. */
    private readonly longestToken: number | null,
    private readonly thoughts: readonly ThoughtMarks[],
  ) {}

  /** Tokens of a text that is tokenised as it stands, at least. */
  ofText(text: string): number {
    return this.longestToken === null ? 0 : Math.ceil(Buffer.byteLength(text.trim()) / this.longestToken);
  }

  ofMessage({ role, content }: ChatMessage): number {
    const { specials, shown } = this.costs[role];
    return specials + (shown && !this.mayBeCut(role, content) ? this.ofText(content) : 0);
  }

  ofTools(use: ToolUse | undefined): number {
    if (use === undefined || use.choice === 'none') return 0;
    return use.tools.reduce((sum, { description = '' }) => sum + this.ofText(description), 0);
  }

  /** Templates leave out what the model thought in earlier turns. */
  private mayBeCut(role: Role, content: string): boolean {
    return (
      role === 'assistant' && this.thoughts.some(({ open, close }) => content.includes(open) || content.includes(close))
    );
  }
}

/** Measures a template once, when its model is loaded. */
export function measureRoles(render: ProbeRender, countSpecials: (prompt: string) => number): Record<Role, RoleCost> {
  const costOf = (role: Role): RoleCost => {
    const costs = PROBES[role].flatMap((probe) => costIn(probe, render, countSpecials) ?? []);
    if (costs.length === 0) return FREE;
    return {
      specials: Math.min(...costs.map(({ specials }) => specials)),
      shown: costs.every(({ shown }) => shown),
    };
  };
  return { user: costOf('user'), assistant: costOf('assistant'), system: costOf('system'), tool: costOf('tool') };
}

/** Null for a conversation that the template refuses. */
function costIn(
  probe: (count: number, content: string) => ChatMessage[],
  render: ProbeRender,
  countSpecials: (prompt: string) => number,
): RoleCost | null {
  try {
    let specials = Infinity;
    let shown = true;
    for (const content of ['', MARKER]) {
      const [few, many] = [probe(FEW, content), probe(MANY, content)];
      const [short, long] = [render(few), render(many)];
      const added = countSpecials(long) - countSpecials(short);
      specials = Math.min(specials, Math.max(0, Math.floor(added / (many.length - few.length))));
      if (content !== '') shown = markersIn(long) === many.filter((one) => one.content === MARKER).length;
    }
    return { specials, shown };
  } catch {
    return null;
  }
}

/** Questions and answers, as templates want them that refuse two messages of one role in a row. */
function inTurns(role: Role): (count: number, content: string) => ChatMessage[] {
  const contentOf = (of: Role, content: string): string => (of === role ? content : '');
  return (count, content) => [
    ...times(count, () => [
      message('user', contentOf('user', content)),
      message('assistant', contentOf('assistant', content)),
    ]),
    message('user', ''),
  ];
}

function times(count: number, make: () => ChatMessage[]): ChatMessage[] {
  return Array.from({ length: count }, make).flat();
}

function markersIn(prompt: string): number {
  return prompt.split(MARKER).length - 1;
}
