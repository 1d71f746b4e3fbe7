import type { Dialect } from '../http/routing/dialect.js';
import { CHATVLM } from './chatvlm/chatvlm.dialect.js';
import { LLAMA_LOCAL } from './llama-local/llama-local.dialect.js';
import { ML_BACKEND } from './ml-backend/ml-backend.dialect.js';
import { OPENAI } from './openai/openai.dialect.js';
import { RKLLAMA } from './rkllama/rkllama.dialect.js';

/** The dialects of this service, a line each. Routes, errors, ports, documents and tests derive from it. */
export const REGISTRY: readonly Dialect[] = [CHATVLM, LLAMA_LOCAL, ML_BACKEND, OPENAI, RKLLAMA];
