import { ApiProperty } from '@nestjs/swagger';

const ITEM = { type: 'object', additionalProperties: true } as const;

export class OpenAiInputTokensDetails {
  /**
   * Prompt tokens found in the KV cache
   * @example 8
   */
  cached_tokens!: number;
}

export class OpenAiOutputTokensDetails {
  /**
   * Tokens of the reasoning
   * @example 0
   */
  reasoning_tokens!: number;
}

export class OpenAiResponseUsage {
  /**
   * Tokens of the prompt, template included
   * @example 12
   */
  input_tokens!: number;

  /** More about the prompt tokens */
  input_tokens_details!: OpenAiInputTokensDetails;

  /**
   * Tokens generated
   * @example 9
   */
  output_tokens!: number;

  /** More about the generated tokens */
  output_tokens_details!: OpenAiOutputTokensDetails;

  /**
   * Both together
   * @example 21
   */
  total_tokens!: number;
}

export class OpenAiResponseError {
  /**
   * OpenAI's kind of failure
   * @example "server_error"
   */
  code!: string;

  /**
   * What went wrong
   * @example "The model ended unexpectedly."
   */
  message!: string;
}

export class OpenAiIncompleteDetails {
  /**
   * Always `max_output_tokens`: the limit, or the context, ended the answer
   * @example "max_output_tokens"
   */
  reason!: 'max_output_tokens';
}

/** What the request said of the answer's form and length, told again. */
export class OpenAiResponseSettings {
  /** As in the request */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: {} })
  metadata!: object;

  /** As in the request, or null: the model's default */
  temperature!: number | null;

  /** As in the request, or null: the model's default */
  top_p!: number | null;

  /**
   * As in the request
   * @example 0
   */
  top_logprobs!: number;

  /** As in the request, or null */
  max_output_tokens!: number | null;

  /** As in the request, or null */
  max_tool_calls!: number | null;

  /** As in the request */
  @ApiProperty({ type: 'array', items: ITEM, example: [] })
  tools!: object[];

  /** As in the request */
  @ApiProperty({ oneOf: [{ type: 'string' }, ITEM], example: 'auto' })
  tool_choice!: string | object;

  /** As in the request */
  parallel_tool_calls!: boolean;

  /** As in the request */
  @ApiProperty({ ...ITEM, example: { format: { type: 'text' } } })
  text!: object;

  /** As in the request */
  truncation!: 'auto' | 'disabled';

  /** As in the request */
  user?: string;

  /** As in the request */
  safety_identifier?: string;

  /** As in the request */
  prompt_cache_key?: string;

  /** As in the request */
  prompt_cache_retention?: string;
}

export class OpenAiResponse extends OpenAiResponseSettings {
  /**
   * Name of this response
   * @example "resp_0f8c2b7e4c1d4d0f9a3b5c6d7e8f9a0b"
   */
  id!: string;

  /**
   * Always `response`
   * @example "response"
   */
  object!: 'response';

  /**
   * Seconds since 1970
   * @example 1795230540
   */
  created_at!: number;

  /** Seconds since 1970; null unless it is completed */
  completed_at!: number | null;

  /**
   * How it stands
   * @example "completed"
   */
  status!: 'in_progress' | 'completed' | 'incomplete' | 'failed';

  /** What made it fail, or null */
  error!: OpenAiResponseError | null;

  /** Why it is incomplete, or null */
  incomplete_details!: OpenAiIncompleteDetails | null;

  /** As in the request, or null */
  instructions!: string | null;

  /**
   * The model as the request named it
   * @example "starter-chat"
   */
  model!: string;

  /** What the model answered: `reasoning`, `message` and `function_call` items */
  @ApiProperty({
    type: 'array',
    items: ITEM,
    example: [
      {
        id: 'msg_0f8c2b7e4c1d4d0f9a3b5c6d7e8f9a0b0001',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello!', annotations: [], logprobs: [] }],
      },
    ],
  })
  output!: object[];

  /** The response that this one goes on from, or null */
  previous_response_id!: string | null;

  /** Whether it can be asked for again */
  store!: boolean;

  /** Always false */
  background!: boolean;

  /** Always null: nothing of it is set */
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true, example: null })
  reasoning!: null;

  /**
   * Always `default`
   * @example "default"
   */
  service_tier!: string;

  /** Token counts; null while it is in progress */
  usage!: OpenAiResponseUsage | null;

  /**
   * 0: success
   * @example 0
   */
  code!: number;

  /**
   * `success`, or what went wrong
   * @example "success"
   */
  message!: string;
}

export class OpenAiResponseDeleted {
  /**
   * Name of the response
   * @example "resp_0f8c2b7e4c1d4d0f9a3b5c6d7e8f9a0b"
   */
  id!: string;

  /**
   * Always `response`
   * @example "response"
   */
  object!: 'response';

  /** Always true */
  deleted!: true;

  /**
   * 0: success
   * @example 0
   */
  code!: number;

  /**
   * Always `success`
   * @example "success"
   */
  message!: string;
}

export class OpenAiResponseItemList {
  /**
   * Always `list`
   * @example "list"
   */
  object!: 'list';

  /** The items */
  @ApiProperty({
    type: 'array',
    items: ITEM,
    example: [
      {
        id: 'msg_0f8c2b7e4c1d4d0f9a3b5c6d7e8f9a0b0000',
        type: 'message',
        status: 'completed',
        role: 'user',
        content: [{ type: 'input_text', text: 'Hello!' }],
      },
    ],
  })
  data!: object[];

  /** The id of the first item; null where there is none */
  first_id!: string | null;

  /** The id of the last item; null where there is none */
  last_id!: string | null;

  /** Whether more items follow */
  has_more!: boolean;

  /**
   * 0: success
   * @example 0
   */
  code!: number;

  /**
   * Always `success`
   * @example "success"
   */
  message!: string;
}
