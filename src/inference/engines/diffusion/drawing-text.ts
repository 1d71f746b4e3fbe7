import { sizeName, type Canvas } from './canvas.js';
import type { DrawingOptions, DrawingTask } from './drawing-options.js';

/** The PNG keyword that programs of this field look under. */
export const PARAMETERS = 'parameters';

/** What a picture was made with, as AUTOMATIC1111's web UI words it. */
export function parametersText(task: DrawingTask, options: DrawingOptions, canvas: Canvas, sampler: string): string {
  const enlarged = canvas.drawn.width !== canvas.picture.width || canvas.drawn.height !== canvas.picture.height;
  const facts = [
    ['Steps', options.steps],
    ['Sampler', sampler],
    ['CFG scale', options.guidanceScale],
    ['Seed', options.seed],
    ['Size', sizeName(canvas.picture)],
    ...(enlarged ? [['Enlarged from', sizeName(canvas.drawn)]] : []),
    ['Model', task.model],
    ...(task.kind === 'image-to-image' ? [['Denoising strength', options.strength]] : []),
  ];
  return [
    task.prompt,
    ...(task.negativePrompt === '' ? [] : [`Negative prompt: ${task.negativePrompt}`]),
    facts.map(([name, value]) => `${String(name)}: ${String(value)}`).join(', '),
  ].join('\n');
}
