import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsObject, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import type { JsonObject } from '../../../inference/json-value.js';

/** OpenAI's own rule for the names of functions and schemas. */
const NAME = /^[\w-]{1,64}$/;

export class OpenAiFunction {
  /**
   * Letters, digits, `_` and `-`, at most 64
   * @example "get_weather"
   */
  @IsString()
  @Matches(NAME, { message: 'name must be 1 to 64 letters, digits, underscores and dashes' })
  name!: string;

  /**
   * Tells the model what it does
   * @example "Today's weather in a city"
   */
  @IsOptional()
  @IsString()
  description?: string;

  /** JSON Schema of the arguments; absent: it takes none */
  @IsOptional()
  @IsObject()
  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: true,
    example: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  })
  parameters?: JsonObject;

  /**
   * Arguments are held to their schema, strict or not
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  strict?: boolean;
}

export class OpenAiTool {
  /**
   * Only `function`
   * @example "function"
   */
  @IsIn(['function'], { message: 'type must be "function": there are no other tools' })
  type!: string;

  /** The function */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => OpenAiFunction)
  function!: OpenAiFunction;
}

/** As {@link OpenAiTool} names a function that must be called. */
export interface OpenAiNamedChoice {
  readonly type: 'function';
  readonly function: { readonly name: string };
}

export class OpenAiCalledFunction {
  /**
   * Which function
   * @example "get_weather"
   */
  name!: string;

  /**
   * Its arguments, a JSON text
   * @example "{\"city\": \"Oslo\"}"
   */
  arguments!: string;
}

export class OpenAiToolCall {
  /**
   * Names the call in the answer that the tool gives
   * @example "call_Xf8q"
   */
  id!: string;

  /**
   * Always `function`
   * @example "function"
   */
  type!: string;

  /** The call */
  function!: OpenAiCalledFunction;
}

export class OpenAiJsonSchemaFormat {
  /**
   * The schema's name
   * @example "person"
   */
  @IsString()
  @Matches(NAME, { message: 'name must be 1 to 64 letters, digits, underscores and dashes' })
  name!: string;

  /** What the answer is for; not used */
  @IsOptional()
  @IsString()
  description?: string;

  /** JSON Schema of the answer */
  @IsDefined()
  @IsObject()
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  })
  schema!: JsonObject;

  /**
   * Answers are held to their schema, strict or not
   * @example true
   */
  @IsOptional()
  @IsBoolean()
  strict?: boolean;
}

export class OpenAiResponseFormat {
  /**
   * `text`, `json_object` or `json_schema`
   * @example "json_schema"
   */
  @IsIn(['text', 'json_object', 'json_schema'])
  type!: string;

  /** Needed for `json_schema` */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OpenAiJsonSchemaFormat)
  json_schema?: OpenAiJsonSchemaFormat;
}
