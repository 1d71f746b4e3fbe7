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

export const REMOVED = { message: 'Le modèle a été supprimé avec succès.' } as const;

export function notFoundToRemove(model: string): RkllamaSentence {
  return new RkllamaSentence('model_not_found', 404, `Le modèle : ${model} est introuvable.`);
}

/** First line of a download; the size is in MB of 1024 × 1024 bytes. */
export function downloading(file: string, bytes: number): string {
  return `Téléchargement ${file} (${(bytes / 1024 ** 2).toFixed(2)} MB)...`;
}

export function downloadTrouble(why: string): string {
  return `Erreur pendant le téléchargement : ${why}`;
}

/** Trouble before the first byte. A full disk keeps its own status. */
export function downloadFailed({ code, message }: ParleyError, status: number): RkllamaSentence {
  return new RkllamaSentence(code, code === 'insufficient_storage' ? status : 400, downloadTrouble(message));
}

export function noModelsFolder(): RkllamaSentence {
  return new RkllamaSentence('internal', 500, 'Le dossier ~/RKLLAMA/models est introuvable.');
}
