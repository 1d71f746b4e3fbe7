import { generationBodies, vectorBodies } from './noisy-generation.js';
import { jsonBodies } from './noisy-json.js';
import { mediaBodies, otherBodies } from './noisy-media.js';
import type { NoisyRequest } from './noisy-request.js';
import { schemaBodies } from './noisy-schemas.js';

/** The worst-case bodies of every class found so far; those that change what is loaded or leave jobs behind come last. */
export function noisyBodies(): NoisyRequest[] {
  return [
    ...jsonBodies(),
    ...generationBodies(),
    ...vectorBodies(),
    ...schemaBodies(),
    ...mediaBodies(),
    ...otherBodies(),
  ];
}
