import { ParleyError, type ErrorCode } from '../../inference/errors.js';

/** An error that the source document words itself, with the status it gives. */
export class RkllamaSentence extends ParleyError {
  constructor(
    code: ErrorCode,
    readonly status: number,
    sentence: string,
  ) {
    super(code, sentence);
  }
}

export const WELCOME = {
  message: 'Bienvenue sur RK-LLama !',
  github: 'https://github.com/notpunhnox/rkllama',
} as const;

export const UNLOADED = { message: 'Modèle déchargé avec succès.' } as const;

export const NO_MODEL_LOADED = "Aucun modèle n'est actuellement chargé.";

export function loaded(model: string): { message: string } {
  return { message: `Modèle ${model} chargé avec succès.` };
}

export function nothingLoaded(status: 400 | 404): RkllamaSentence {
  return new RkllamaSentence('model_not_loaded', status, NO_MODEL_LOADED);
}

export function alreadyLoaded(): RkllamaSentence {
  return new RkllamaSentence('invalid_request', 400, "Un modèle est déjà chargé. Veuillez d'abord le décharger.");
}

export function notFoundToLoad(model: string): RkllamaSentence {
  return new RkllamaSentence('model_not_found', 400, `Modèle ${model} introuvable dans le dossier /models.`);
}

export function noModelsFolder(): RkllamaSentence {
  return new RkllamaSentence('internal', 500, 'Le dossier ~/RKLLAMA/models est introuvable.');
}
