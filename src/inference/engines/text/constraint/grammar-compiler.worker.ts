import { serveJobs } from '../../../threads/serve-jobs.js';
import { constraintOf, type Constraint } from './constraint.js';
import type { ConstraintInput } from './grammar-compiler.js';

/** The thread of `GrammarCompiler`. */
serveJobs((input): Constraint | null => {
  const { task, format, openThought } = JSON.parse(input as string) as ConstraintInput;
  return constraintOf(task, format, openThought);
});
