/** Worker thread that renders prompts. Imports no engine. */
import { serveJobs } from '../../../threads/serve-jobs.js';
import { TemplateEngine, templateRefusal } from './template-engine.js';
import type { RenderJob, TemplateProgram } from './template-program.js';

let engine: TemplateEngine | undefined;

/** A runner has one model, so that its program is the same each time. */
function engineOf(program: TemplateProgram): TemplateEngine {
  engine ??= new TemplateEngine(program);
  return engine;
}

serveJobs((job) => {
  const { program, input, maxLength } = job as RenderJob;
  const prompt = engineOf(program).render(input);
  if (prompt.length > maxLength) throw templateRefusal(`the prompt would have ${String(prompt.length)} characters`);
  return prompt;
});
