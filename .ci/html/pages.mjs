// Holds the pages of kmsaudit to a browser: they draw, ask for nothing, log no error, filter, work
// without scripts, and fit a desk and a phone, light and dark.
//
//   node pages.mjs FOLDER BROWSER
//
// FOLDER has the pages, and takes the screenshots. The stage html of .ci/run makes them.
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const folder = resolve(process.argv[2]);
const browser = await chromium.launch({ executablePath: process.argv[3], args: ["--no-sandbox"] });
const failures = [];
let checks = 0;

function hold(what, is) {
  checks++;
  if (!is) failures.push(what);
}

// open opens a page and does things with it. That it asks for anything, logs anything or opens a
// dialogue is a failure, whatever else is held.
async function open(name, { width = 1280, scheme = "light", scripts = true }, see) {
  const address = pathToFileURL(join(folder, name)).href;
  const where = `${name} at ${width}, ${scheme}${scripts ? "" : ", without scripts"}`;
  const context = await browser.newContext({
    viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: scripts, hasTouch: width < 500,
  });
  const page = await context.newPage();
  page.on("request", (r) => { if (r.url().split("#")[0] !== address) failures.push(`${where}: asked for ${r.url().slice(0, 200)}`); });
  page.on("console", (m) => failures.push(`${where}: console ${m.type()}: ${m.text().slice(0, 300)}`));
  page.on("pageerror", (e) => failures.push(`${where}: ${e.message}`));
  page.on("dialog", (d) => { failures.push(`${where}: dialogue ${d.message()}`); d.dismiss(); });
  try {
    await page.goto(address);
    await see(page, where);
  } catch (e) {
    failures.push(`${where}: ${e.message}`);
  }
  await context.close();
}

const pages = readdirSync(folder).filter((f) => f.endsWith(".html")).sort();
for (const name of ["blind", "clean", "faults", "hostile", "large", "many", "reference", "results"]) {
  hold(`${name}.html is missing`, pages.includes(`${name}.html`));
}

// Every page draws, and nothing in it sticks out.
for (const name of pages) {
  for (const width of [1280, 390]) {
    for (const scheme of ["light", "dark"]) {
      await open(name, { width, scheme }, async (page, where) => {
        hold(`${where}: no verdict is to be seen`, await page.locator(".verdict").isVisible());
        hold(`${where}: the page is wider than the window`, await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
        const out = await page.evaluate(() => Array.from(document.querySelectorAll("svg.kp .name, svg.kp .note")).filter((t) => {
          const box = t.parentNode.querySelector(".box").getBoundingClientRect(), r = t.getBoundingClientRect();
          return r.left < box.left || r.right > box.right + 1 || r.bottom > box.bottom + 1;
        }).map((t) => t.textContent).slice(0, 5));
        hold(`${where}: sticks out of its box: ${out.join("; ")}`, out.length === 0);
        const paper = await page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)[0]));
        hold(`${where}: the paper is ${paper}`, (paper < 128) === (scheme === "dark"));
        await page.screenshot({ path: join(folder, `${basename(name, ".html")}-${width}-${scheme}.png`), fullPage: name === "reference.html" });
      });
    }
  }
}

// The filters leave what fits, and say how much that is.
await open("reference.html", {}, async (page) => {
  const listed = () => page.locator("#findings .finding:visible").count();
  const all = await listed();
  await page.getByLabel("low", { exact: true }).uncheck();
  await page.getByLabel("info", { exact: true }).uncheck();
  const medium = await listed();
  hold(`filters: ${medium} of ${all} are medium`, medium > 0 && medium < all);
  hold("filters: the output", (await page.locator("#filters output").textContent()) === `${medium} of ${all}`);
  await page.locator("#filters select").selectOption("S3-013");
  hold("filters: two of S3-013", (await listed()) === 2);
  await page.locator("#filters input[type=search]").fill("BUCKET-695267-1");
  hold("filters: one of S3-013 names the bucket", (await listed()) === 1);
  await page.locator("#filters input[type=search]").fill("no such text");
  hold("filters: none", (await listed()) === 0 && await page.locator("#none").isVisible());
  await page.locator("#filters input[type=search]").fill("");
  await page.locator("#filters select").selectOption("");
  await page.getByLabel("low", { exact: true }).check();
  await page.getByLabel("info", { exact: true }).check();
  hold("filters: all again", (await listed()) === all);
});

// A tap on what is wrong in the picture leads to why; the statement is marked, the mend copied.
await open("reference.html", { width: 390 }, async (page) => {
  await page.evaluate(() => document.querySelectorAll(".why").forEach((d) => { d.open = false; }));
  await page.locator("svg.kp a.broken .box").first().tap();
  const why = page.locator(".why[open]");
  hold("picture: a tap opens why", (await why.count()) === 1 && /\(medium\)/.test(await why.first().textContent()));
  const finding = page.locator("#findings .finding", { has: page.locator(".meant") }).first();
  await finding.locator("summary").tap();
  hold("finding: the place is marked", await finding.locator(".meant").first().isVisible());
  await finding.getByRole("button", { name: "Copy" }).first().tap();
  await finding.getByRole("button", { name: "Copied" }).first().waitFor({ timeout: 5000 });
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  hold("reference.html opened at 390: wider than the window", await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
});

// Without scripts everything is there, and what would not work is not shown.
for (const name of ["reference.html", "hostile.html"]) {
  await open(name, { scripts: false }, async (page, where) => {
    hold(`${where}: the findings`, await page.locator("#findings .finding summary").first().isVisible());
    hold(`${where}: the picture`, await page.locator("svg.kp .box").first().isVisible());
    hold(`${where}: the heat map`, await page.locator("table.heat").isVisible());
    hold(`${where}: filters that do nothing`, !(await page.locator("#filters").isVisible()));
    await page.locator("#findings .finding summary").first().click();
    hold(`${where}: a finding opens`, await page.locator("#findings .finding .body").first().isVisible());
  });
}

// What others wrote is text: no element, no handler, no address of its own.
await open("hostile.html", {}, async (page) => {
  const found = await page.evaluate(() => ({
    scripts: document.querySelectorAll("script").length,
    elements: document.querySelectorAll("img,iframe,object,embed,link,base").length,
    handlers: Array.from(document.querySelectorAll("*")).filter((e) => Array.from(e.attributes).some((a) => a.name.startsWith("on"))).length,
    links: Array.from(document.querySelectorAll("a")).filter((a) => !a.getAttribute("href").startsWith("#")).length,
  }));
  hold(`hostile.html: ${JSON.stringify(found)}`, found.scripts === 1 && found.elements + found.handlers + found.links === 0);
});

// It prints, with what is closed on the screen.
await open("reference.html", { scheme: "dark" }, async (page) => {
  const paper = await page.pdf({ path: join(folder, "reference.pdf"), format: "A4" });
  hold(`reference.html: ${paper.length} bytes of PDF`, paper.length > 50_000);
  await page.emulateMedia({ media: "print" });
  hold("reference.html: prints on dark paper", await page.evaluate(() => getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)"));
});

await browser.close();
for (const one of failures) console.error(`FAILED ${one}`);
console.log(`${pages.length} pages, ${checks} checks, ${failures.length} failures`);
process.exitCode = failures.length > 0 ? 1 : 0;
