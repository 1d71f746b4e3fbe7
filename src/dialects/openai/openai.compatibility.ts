import { at, gives, honoured, refuses, type DialectSupport } from '../../http/openapi/parameter-support.js';
import { CHAT } from './compatibility/chat.js';
import { COMPLETIONS } from './compatibility/completions.js';
import { MISSING } from './compatibility/missing.js';
import { EDITS, GENERATIONS } from './compatibility/pictures.js';
import {
  CANCEL_RESPONSE,
  CREATE_RESPONSE,
  DELETE_RESPONSE,
  GET_RESPONSE,
  INPUT_ITEMS,
} from './compatibility/responses.js';
import { SPEECH } from './compatibility/speech.js';
import { DETOKENIZE, TOKENIZE } from './compatibility/tokens.js';
import { EMBEDDINGS, RERANK } from './compatibility/vectors.js';

export const COMPATIBILITY: DialectSupport = {
  operations: {
    createChatCompletion: CHAT,
    createCompletion: COMPLETIONS,
    createEmbedding: EMBEDDINGS,
    rerank: RERANK,
    rerankAsCohere: RERANK,
    rerankAsServers: RERANK,
    tokenize: TOKENIZE,
    detokenize: DETOKENIZE,
    createResponse: CREATE_RESPONSE,
    getResponse: GET_RESPONSE,
    deleteResponse: DELETE_RESPONSE,
    listInputItems: INPUT_ITEMS,
    cancelResponse: CANCEL_RESPONSE,
    createImage: GENERATIONS,
    editImage: EDITS,
    createSpeech: SPEECH,
    getModel: {
      example: { id: 'starter-chat' },
      parameters: {
        id: honoured(
          [
            refuses({ id: 'no-such-model' }, 404),
            gives({ id: 'starter-voice' }, (answer) => at(answer, 'id') === 'starter-voice'),
          ],
          "the model's",
        ),
      },
    },
  },
  missing: MISSING,
};
