import type { ErrorCode, ParleyError } from '../../inference/errors.js';
import type { ErrorRenderer } from '../../http/routing/dialect.js';
import { NO_MODEL_LOADED, RkllamaSentence } from './rkllama.sentences.js';

/** What each code means, in the dialect's language. */
const FRENCH = {
  invalid_request: 'Requête invalide',
  validation: 'Paramètres invalides',
  unauthorized: 'Clé API manquante ou inconnue',
  forbidden: 'Opération interdite',
  model_not_found: 'Modèle introuvable',
  job_not_found: 'Tâche introuvable',
  model_not_loaded: NO_MODEL_LOADED,
  payload_too_large: 'Requête trop volumineuse',
  unsupported_media: 'Type de contenu non pris en charge',
  context_length_exceeded: 'Le prompt dépasse le contexte du modèle',
  rate_limited: 'Trop de requêtes',
  cancelled: 'Requête annulée',
  model_load_failed: 'Le chargement du modèle a échoué',
  runner_crashed: "Le modèle s'est arrêté de façon inattendue",
  overloaded: 'Service surchargé, réessayez plus tard',
  timeout: 'Délai dépassé',
  insufficient_storage: 'Espace disque insuffisant',
  internal: 'Erreur interne au serveur',
} as const satisfies Record<ErrorCode, string>;

/** Codes whose sentence needs no detail behind it. */
const SAYS_IT_ALL: ReadonlySet<ErrorCode> = new Set(['model_not_loaded', 'internal', 'cancelled']);

/** An error's sentence in French, with the service's own message as its detail. */
export function frenchOf(error: ParleyError): string {
  if (error instanceof RkllamaSentence) return error.message;
  const french = FRENCH[error.code];
  return SAYS_IT_ALL.has(error.code) ? french : `${french} : ${error.message}`;
}

/** `{"error": "…"}` */
export const renderRkllamaError: ErrorRenderer = (error, status) => {
  const body = { error: frenchOf(error) };
  if (error instanceof RkllamaSentence) return { status: error.status, body };
  return { status: error.code === 'model_not_loaded' ? 400 : status, body };
};
