// node componentize.mjs SOURCE WIT WORLD OUTPUT
import { readFile, writeFile } from "node:fs/promises";
import { componentize } from "@bytecodealliance/componentize-js";

const [source, witPath, worldName, output] = process.argv.slice(2);
const { component } = await componentize(await readFile(source, "utf8"), {
  sourceName: "app.js",
  witPath,
  worldName,
  // A guest reaches the network through the host or not at all.
  disableFeatures: ["http", "fetch-event"],
});
await writeFile(output, component);
