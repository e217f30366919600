// A condition in JavaScript, from the bare contract: whether the run's metadata has a key.

import { get } from "orchestrator:plugin/execution-context@0.1.0";

export const conditionPlugin = {
  describe() {
    return {
      name: "metadata-has",
      version: "0.1.0",
      purpose: "Holds when the metadata that came with the request has this key.",
      parameters: ["key"],
    };
  },

  evaluate([key]) {
    if (key === "") {
      // Thrown values become the contract's error.
      throw { code: "invalid-input", message: "metadata-has takes a key, and got an empty one" };
    }
    return Object.hasOwn(JSON.parse(get().metadata), key);
  },
};
