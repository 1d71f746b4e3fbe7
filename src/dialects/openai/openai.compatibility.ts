import { at, gives, honoured, refuses, type DialectSupport } from '../support.js';
import { CHAT } from './chat.js';
import { COMPLETIONS } from './completions.js';
import { MISSING } from './missing.js';
import { EDITS, GENERATIONS } from './pictures.js';
import { CANCEL_RESPONSE, CREATE_RESPONSE, DELETE_RESPONSE, GET_RESPONSE, INPUT_ITEMS } from './responses.js';
import { SPEECH } from './speech.js';
import { DETOKENIZE, TOKENIZE } from './tokens.js';
import { EMBEDDINGS, RERANK } from './vectors.js';

export const OPENAI: DialectSupport = {
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
