/** Called between two native runs, during which nothing else happens in the process; throws to end the work. */
export type Checkpoint = () => Promise<void>;
