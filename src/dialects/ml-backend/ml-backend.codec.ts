import { MAX_PICTURE_BYTES, MAX_PICTURES } from '../../egress/picture-links.js';
import type { Question } from '../../domains/chat/chat.service.js';
import type { TextFinished, TextPiece } from '../../inference/text-tasks.js';
import type { LaunchRequest } from '../../domains/lifecycle/lifecycle.service.js';
import type { FormLimits } from '../../http/body/multipart.js';
import type {
  MlBackendFromImageTextForm,
  MlBackendFromTextRequest,
  MlBackendLaunchRequest,
} from './ml-backend.schema.js';

const DEFAULT_CONTEXT_SIZE = 8192;
const DEFAULT_MAX_NEW_TOKENS = 512;

export const PICTURES: FormLimits = {
  fileFields: ['image_files'],
  maxFileBytes: MAX_PICTURE_BYTES,
  maxFiles: MAX_PICTURES,
};

export function toLaunchRequest(body: MlBackendLaunchRequest): LaunchRequest {
  const { model_name: model, n_ctx: contextSize = DEFAULT_CONTEXT_SIZE } = body;
  return { model, contextSize, namesContext: contextSize !== DEFAULT_CONTEXT_SIZE };
}

export function toQuestion(body: MlBackendFromTextRequest, session: string): Question {
  return {
    model: body.model_name,
    session,
    prompt: body.prompt,
    maxTokens: body.max_new_tokens ?? DEFAULT_MAX_NEW_TOKENS,
  };
}

export function toPictureQuestion(
  form: MlBackendFromImageTextForm,
  images: readonly Uint8Array[],
  session: string,
): Question {
  return { ...toQuestion(form, session), images };
}

/** Bare text. Trouble on the way is thrown, which cuts the connection: nobody may take a torso for an answer. */
export async function* piecesOf(chunks: AsyncIterable<TextPiece | TextFinished>): AsyncGenerator<string, void> {
  for await (const chunk of chunks) if (chunk.type === 'text') yield chunk.text;
}
