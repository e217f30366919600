/** The examples in the README: those in TypeScript, and what it takes to compile and to run them. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = new URL("../../", import.meta.url);
const target = ts.ScriptTarget.ES2022;

/** What examples may use without saying where it is from. */
const KNOWN = `
import { OrchestratorClient, ProblemError, streamingClient, type CompleteEvent } from "./index.ts";
declare const client: OrchestratorClient, runId: string;
declare function sessionToken(): string;
`;

/** One example. */
export interface Example {
  /** Its first line that is no import. */
  title: string;
  /** Without imports and exports, so that it can stand in a function. */
  code: string;
}

/** All of them, in order. */
export async function examples(): Promise<Example[]> {
  const readme = await readFile(new URL("README.md", ROOT), "utf8");
  return [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ""]) => {
    const code = text.replace(/^import .*\n/gm, "").replace(/^export /gm, "").trim();
    return { title: code.split("\n")[0] ?? "", code };
  });
}

/** Runs an example. What it would import is in `names`, and it may declare the same names itself. */
export async function runExample(code: string, names: Record<string, unknown>): Promise<void> {
  const source = `const example = async () => {\n${code}\n};`;
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target } });
  const made = new Function(...Object.keys(names), `${outputText}\nreturn example();`);
  await (made as (...values: unknown[]) => Promise<void>)(...Object.values(names));
}

/** What the compiler says against these examples, for a caller with the compiler's `strict` settings. */
export function complaints(all: Example[]): string[] {
  const functions = all.map(({ code }) => `async () => {\n${code}\n},\n`);
  const text = `${KNOWN}export const examples = [\n${functions.join("")}];\n`;
  const place = fileURLToPath(new URL("src/readme.ts", ROOT));
  const options: ts.CompilerOptions = {
    target,
    module: ts.ModuleKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: [],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === place || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === place ? ts.createSourceFile(path, text, target) : getSourceFile(path, ...rest);
  const program = ts.createProgram([place], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start = 0 }) => {
    const [line] = file?.text.slice(start).split("\n") ?? [];
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
