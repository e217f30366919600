/** Workflows: what happens in a run, in order. */

/** A step of a workflow. */
export interface Step {
  agent_type: string;
  /** Unique within the workflow. */
  name: string;
  /** Seconds that one attempt may take; 300 when left out. */
  timeout?: number;
  /** How often a failed attempt is repeated; 2 when left out. */
  retry_count?: number;
  /** Whether contents of files come while they are written, and not all at once; false when left out. */
  stream_output?: boolean;
  /** The step is skipped unless this holds. */
  condition?: string | { name: string; args?: string[] };
  /** After this step, go back to an earlier one. */
  loop_back?: { to: string; max_rounds: number; on_exhausted?: "continue" | "fail" };
}

/** A named list of steps. */
export interface Workflow {
  name: string;
  description?: string;
  steps: Step[];
}

/** A workflow and whether the server carries it; then it cannot be changed or deleted. */
export interface WorkflowView extends Workflow {
  built_in: boolean;
}
