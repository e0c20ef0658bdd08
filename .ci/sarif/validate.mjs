// Holds SARIF files to Microsoft's Multitool, by its rules for SARIF and for GitHub's code scanning.
//
//   node validate.mjs FOLDER
//
// FOLDER has the files *.sarif. The stage sarif of .ci/run makes them.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// What it says of our files and is none of their faults: of the file, the id of the message, a text in it.
const accepted = [
  // A program built outside a release has the version "devel"; releases are numbered.
  { rule: "SARIF2005", message: "Warning_UseNumericToolVersions", text: "devel" },
];

const folder = resolve(process.argv[2]);
const files = readdirSync(folder).filter((f) => f.endsWith(".sarif")).sort();
const tool = createRequire(import.meta.url)("@microsoft/sarif-multitool"); // the path of the program
chmodSync(tool, 0o755); // npm does so only where it runs the scripts of packages
const own = mkdtempSync(join(tmpdir(), "kmsaudit-sarif-"));
const failures = [];
let said = 0;

// check runs the Multitool over files. It exits with 0 whatever it finds, so that what it writes counts.
function check(paths, into) {
  const out = join(own, into);
  const ran = spawnSync(tool, ["validate", ...paths, "--rule-kind", "Sarif;Ghas", "-o", out], { encoding: "utf8" });
  if (ran.error || ran.status !== 0) throw new Error(`the Multitool failed: ${ran.error ?? ran.stdout + ran.stderr}`);
  const run = JSON.parse(readFileSync(out, "utf8")).runs[0];
  const complaints = (run.results ?? []).filter((r) => !["pass", "informational", "notApplicable"].includes(r.kind) && ["error", "warning", undefined].includes(r.level));
  const faults = (run.invocations ?? []).flatMap((i) => [...(i.toolConfigurationNotifications ?? []), ...(i.toolExecutionNotifications ?? [])]).filter((n) => n.level === "error");
  return { complaints, faults };
}

const about = (r) => `${r.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? "?"}: ${r.level ?? "warning"} ${r.ruleId}: ${r.message.id} ${JSON.stringify(r.message.arguments)}`;

try {
  if (files.length === 0) failures.push(`${folder} holds no SARIF`);
  const { complaints, faults } = check(files.map((f) => join(folder, f)), "ours.sarif");
  for (const n of faults) failures.push(`the Multitool: ${n.message.text}`);
  for (const r of complaints) {
    said++;
    if (!accepted.some((a) => a.rule === r.ruleId && a.message === r.message.id && (r.message.arguments ?? []).includes(a.text))) failures.push(about(r));
  }
  // That it says nothing counts only if it says something of a file that is wrong.
  const { complaints: broken } = check([new URL("broken.sarif", import.meta.url).pathname], "broken-out.sarif");
  for (const rule of ["SARIF1002", "SARIF1009", "GH1015"]) {
    if (!broken.some((r) => r.ruleId === rule)) failures.push(`${rule} does not see what is wrong with broken.sarif; it says: ${broken.map(about).join("; ")}`);
  }
} catch (e) {
  failures.push(e.message);
}
rmSync(own, { recursive: true });
console.log(`${files.length} files, ${said} complaints, ${failures.length} of them not accepted`);
for (const f of failures.slice(0, 50)) console.error(f.slice(0, 500));
process.exit(failures.length > 0 ? 1 : 0);
