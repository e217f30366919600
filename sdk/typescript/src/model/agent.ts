/** Agents, what an operator set for them, and the models that they ask. */

/** An agent as it would serve the next run. */
export interface Agent {
  name: string;
  agent_type: string;
  /** Model alias or model id. */
  model: string;
  temperature: number;
  max_tokens: number;
  capabilities: string[];
  enabled: boolean;
  has_custom_prompt: boolean;
  purpose: string;
  version: string;
  digest: string;
}

/** An agent with the system prompt in force. */
export interface AgentDetail extends Agent {
  system_prompt: string;
  /** How hard its model is asked to try; `null` where nothing is said of it. */
  effort: Effort | null;
  /** JSON Schema of the options that its plugin reads; `null` where it reads none. */
  options_schema: Record<string, unknown> | boolean | null;
  /** What an operator set; `null` where it is the plugin's own. Of the prompt, `has_custom_prompt` says. */
  set: {
    model: string | null;
    temperature: number | null;
    max_tokens: number | null;
    effort: Effort | null;
    /** Those that are set. */
    options: Record<string, unknown>;
    enabled: boolean | null;
  };
}

/** How hard a model tries, from the least to the most. */
export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** What to set for an agent: what is left out stays as it is, and `null` goes back to the plugin's own. */
export interface AgentPatch {
  model?: string | null;
  /** 0 to 2, and at most what the model takes. */
  temperature?: number | null;
  /** From 1 to what the model gives. */
  max_tokens?: number | null;
  effort?: Effort | null;
  /** By name, as `options_schema` says; an option that is `null` goes back to the plugin's own. */
  options?: Record<string, unknown> | null;
  enabled?: boolean | null;
  system_prompt?: string | null;
}

/** The answer to a change of an agent. */
export interface AgentChanged {
  message: string;
  agent_type: string;
}

/** What is known of a model. */
export interface Model {
  /** What the provider calls it. */
  id: string;
  /** The names that stand for it, such as `opus`. */
  aliases: string[];
  /** `anthropic`, or `openai` for any service that speaks its format. */
  provider: string;
  /** Tokens of request and answer together; `null` where that is not known. */
  context_tokens: number | null;
  /** Most tokens of one answer, thinking included. */
  max_output_tokens: number;
  /** Room for thinking on top of the limit of an answer; 0 when it does not think unless asked. */
  thinking_tokens: number;
  /** Levels of effort that it takes, the lowest first. */
  efforts: Effort[];
  /** List prices of a million tokens, in US dollars; `null` where they are not known. */
  input_usd_per_million: number | null;
  cached_input_usd_per_million: number | null;
  output_usd_per_million: number | null;
}
