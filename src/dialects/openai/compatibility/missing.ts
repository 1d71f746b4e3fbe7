import type { MissingRoutes } from '../../../http/openapi/parameter-support.js';

/** OpenAI's routes as its official client calls them. */
export const MISSING: MissingRoutes = {
  'POST /v1/audio/transcriptions': 'nothing: no model here listens',
  'POST /v1/audio/translations': 'nothing: no model here listens',
  'POST /v1/images/variations': '`POST /v1/images/edits`',
  'POST /v1/moderations': 'nothing: no model here judges',
  'POST /v1/responses/input_tokens': '`POST /tokenize` with `messages`',
  'POST /v1/responses/compact': '`truncation` of `POST /v1/responses`',
  'POST /v1/conversations': '`previous_response_id` of `POST /v1/responses`',
  'GET /v1/chat/completions': '`GET /v1/responses/{id}`: only responses are kept',
  'DELETE /v1/models/{model}': '`DELETE /model/delete` of `ml-backend`, `POST /rm` of `rkllama`',
  'POST /v1/files': 'nothing: pictures go with the request',
  'GET /v1/files': '`GET /files/{id}`, for what was made',
  'POST /v1/uploads': 'nothing: pictures go with the request',
  'POST /v1/batches': '`Prefer: respond-async` on long routes',
  'POST /v1/fine_tuning/jobs': 'nothing: no model is trained here',
  'POST /v1/vector_stores': '`POST /v1/embeddings`, `POST /v1/rerank`',
  'POST /v1/assistants': '`POST /v1/responses`',
  'POST /v1/threads': '`POST /v1/responses`',
  'POST /v1/realtime/client_secrets': '`stream` of the routes that answer',
  'POST /v1/videos': 'nothing: no model here films',
  'POST /v1/evals': 'nothing: no model is trained here',
  'POST /v1/containers': 'nothing: no code is run here',
  'POST /v1/skills': 'nothing: no code is run here',
};
