export class OpenAiModel {
  /** @example "starter-chat" */
  id!: string;

  /** @example "model" */
  object!: string;

  /** Seconds since 1970 */
  created!: number;

  /** @example "parley" */
  owned_by!: string;

  /** The id again, as the AI Model Interface Standard spells it
   * @example "starter-chat"
   */
  model!: string;

  /** Absolute URL of the route that serves the model
   * @example "http://127.0.0.1:8000/v1/chat/completions"
   */
  url!: string;
}

export class OpenAiModelList {
  /** @example "parley" */
  project!: string;

  /** @example "list" */
  object!: string;

  data!: OpenAiModel[];
}

export class OpenAiErrorDetail {
  message!: string;

  /** @example "invalid_request_error" */
  type!: string;

  /** The field that is at fault
   * @example "temperature"
   */
  param!: string | null;

  /** @example "validation" */
  code!: string | null;
}

export class OpenAiError {
  error!: OpenAiErrorDetail;

  /** The HTTP status; never 0
   * @example 400
   */
  code!: number;

  message!: string;
}
