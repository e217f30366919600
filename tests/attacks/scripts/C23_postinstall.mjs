// What a package runs when it is installed: looks for keys, reads a file, knocks at a port, writes to the system.
// Arguments: the file and the port.
import fs from "node:fs";
import net from "node:net";

const [file, port] = process.argv.slice(2);
const came = [];
for (const process of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
  try {
    if (fs.readFileSync(`/proc/${process}/environ`).includes("CANARY_TOKEN=canary-key-")) came.push("environment");
  } catch {}
}
try {
  fs.readFileSync(file);
  came.push("file");
} catch {}
try {
  fs.writeFileSync("/usr/lib/node_modules/attack", "");
  came.push("system");
} catch {}
const reached = await new Promise((resolve) => {
  const socket = net.connect(Number(port), "127.0.0.1", () => resolve(true));
  socket.on("error", () => resolve(false));
});
if (reached) came.push("port");
console.log(JSON.stringify({ outcome: came.length ? "succeeded" : "refused", detail: came }));
process.exit(0);
