// How projects find the client whose compiler resolves modules as it did before `exports`: by `main` and `types`, which
// importing the folder goes by as well.
import { streamingClient, type OrchestratorEvent } from "../..";

export const start = streamingClient.streamOrchestratorWorkflow;
export const path = (event: OrchestratorEvent): string | undefined =>
  event.type === "file_content" ? event.data.path : undefined;
