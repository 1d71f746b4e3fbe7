import type { InferenceObserver } from '../../inference/observer.js';

/** One observer that tells several. */
export function tellAll(observers: readonly InferenceObserver[]): InferenceObserver {
  return {
    requestEnded: (report) => observers.forEach((one) => one.requestEnded(report)),
    interToken: (labels, seconds) => observers.forEach((one) => one.interToken(labels, seconds)),
    rejected: (reason, model) => observers.forEach((one) => one.rejected(reason, model)),
    modelLoaded: (model, seconds) => observers.forEach((one) => one.modelLoaded(model, seconds)),
    modelLoadFailed: (model, reason, detail) => observers.forEach((one) => one.modelLoadFailed(model, reason, detail)),
    modelUnloaded: (model, reason) => observers.forEach((one) => one.modelUnloaded(model, reason)),
    runnerEnded: (model, reason) => observers.forEach((one) => one.runnerEnded(model, reason)),
  };
}
