/** The report in a real browser: Chromium of the system, driven by playwright-core, which downloads none. */

import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyRecipe, workplace } from "./support/cli.js";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = [process.env.FRUGAL_CHROMIUM, ...places].find((p) => p && existsSync(p));
const place = workplace();

interface Seen {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

describe.skipIf(!executablePath)(
  "the report in a browser (skipped without Chromium: apt-get install chromium, or set FRUGAL_CHROMIUM)",
  () => {
    let browser: Browser;
    let address = "";

    beforeAll(async () => {
      place.write("tiny.yaml", tinyRecipe);
      // An exit that is hardly supervised costs accuracy, the more samples leave by it: the front has several points.
      const small = [
        ...["epochs=4", "sweep.seeds=[1]", "evaluate.budgets=[0.5, 0.8]"],
        "objective.supervision={early: 0, final: 1}",
      ];
      const made = await place.frugal([
        ...["sweep", "tiny.yaml", "--report", "--out", "sweep"],
        ...small.flatMap((set) => ["--set", set]),
      ]);
      expect(made).toMatchObject({ code: 0 });
      address = pathToFileURL(place.path("sweep", "report.html")).href;
      browser = await chromium.launch({
        executablePath: executablePath!,
        // Chromium refuses its sandbox to root.
        chromiumSandbox: process.getuid?.() !== 0,
      });
    }, 120_000);
    afterAll(() => browser?.close());

    async function open(
      colorScheme: "light" | "dark",
      viewport = { width: 1100, height: 900 },
    ): Promise<Seen> {
      const page = await browser.newPage({ colorScheme, viewport });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(address);
      return { page, requests, complaints };
    }

    it.each(["light", "dark"] as const)(
      "asks for nothing but itself and draws the front (%s)",
      async (scheme) => {
        const { page, requests, complaints } = await open(scheme);
        expect(requests).toEqual([address]);
        expect(complaints).toEqual([]);
        // The band under the points, and a marker for the plain network and for the three points of the lambda.
        const chart = page.locator("svg.chart").first();
        const front = await chart.locator("path.c-front").boundingBox();
        expect(front!.width).toBeGreaterThan(50);
        expect(await chart.locator(".marker:visible").count()).toBeGreaterThanOrEqual(4);
        // Words can be read: text and paper differ in every scheme.
        const colours = await page.evaluate(() => {
          const { color, backgroundColor } = getComputedStyle(document.body);
          return { color, backgroundColor };
        });
        expect(colours).toEqual(
          scheme === "light"
            ? { color: "rgb(28, 36, 48)", backgroundColor: "rgb(255, 255, 255)" }
            : { color: "rgb(230, 234, 240)", backgroundColor: "rgb(18, 22, 28)" },
        );
        await page.close();
      },
    );

    it("tabulates every operating point", async () => {
      const { page } = await open("light");
      const table = page.locator("table").first();
      const rows = await table.locator("tbody tr").allInnerTexts();
      const settings = rows.map((row) => row.split("\t").slice(0, 2).join(" "));
      expect(settings).toEqual([
        "plain whole",
        "lambda 0.1 50 %",
        "lambda 0.1 80 %",
        "lambda 0.1 whole",
      ]);
      expect(await table.locator("thead").textContent()).toMatch(
        /setting.*test accuracy.*executed MACs/i,
      );
      // Wide enough for all columns on an ordinary screen.
      const fits = await table.evaluate(
        (t) => t.parentElement!.scrollWidth <= t.parentElement!.clientWidth,
      );
      expect(fits).toBe(true);
      await page.close();
    });

    it("shows another cost when its tab is chosen, without a script", async () => {
      const { page } = await open("light");
      expect(await page.locator("script").count()).toBe(0);
      await page.locator(".tabs > label", { hasText: "FLOPs" }).click();
      const visible = page.locator(".tabs > section:visible");
      expect(await visible.count()).toBe(1);
      expect(await visible.textContent()).toMatch(/FLOPs per sample/);
      await page.close();
    });

    it("fits a phone without scrolling sideways", async () => {
      const { page } = await open("light", { width: 390, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.close();
    });
  },
);
