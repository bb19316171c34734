/** The page of frugal profile --html in a real browser. */

import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { workplace } from "./support/cli.js";
import { writeReference } from "./support/models.js";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = [process.env.FRUGAL_CHROMIUM, ...places].find((p) => p && existsSync(p));
const place = workplace();

describe.skipIf(!executablePath)(
  "the page of a profile in a browser (skipped without Chromium: apt-get install chromium, or set FRUGAL_CHROMIUM)",
  () => {
    let browser: Browser;

    beforeAll(async () => {
      writeReference(place, "resnet50.onnx", "tv/resnet50");
      writeReference(place, "bert.onnx", "hf/bert-base@128/eager");
      const one = await place.frugal(["profile", "resnet50.onnx", "--html", "one.html"]);
      const both = ["profile", "resnet50.onnx", "bert.onnx", "--html", "both.html"];
      expect(one).toMatchObject({ code: 0, stderr: "wrote one.html\n" });
      expect(await place.frugal(both)).toMatchObject({ code: 0 });
      browser = await chromium.launch({
        executablePath: executablePath!,
        // Chromium refuses its sandbox to root.
        chromiumSandbox: process.getuid?.() !== 0,
      });
    }, 120_000);
    afterAll(() => browser?.close());

    async function open(
      file: string,
      options: Parameters<Browser["newPage"]>[0] = {},
    ): Promise<{
      readonly page: Page;
      readonly requests: string[];
      readonly complaints: string[];
    }> {
      const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, ...options });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(pathToFileURL(place.path(file)).href);
      return { page, requests, complaints };
    }

    /** Area of a top-level module of the visible treemap over the area of the whole. */
    const areaOf = (page: Page, name: string): Promise<number> =>
      page.evaluate((start) => {
        const map = [...document.querySelectorAll("svg.treemap")].find(
          (svg) => svg.getBoundingClientRect().width > 0,
        )!;
        const cell = [...map.querySelectorAll("g.l0")].find((g) =>
          g.querySelector("title")!.textContent!.startsWith(`${start}\n`),
        )!;
        const area = (e: Element) => {
          const { width, height } = e.getBoundingClientRect();
          return width * height;
        };
        return area(cell.querySelector("rect")!) / area(map);
      }, name);

    it.each(["light", "dark"] as const)("asks for nothing but itself (%s)", async (colorScheme) => {
      const { page, requests, complaints } = await open("one.html", { colorScheme });
      expect(requests).toEqual([page.url()]);
      expect(complaints).toEqual([]);
      expect(await page.locator("script").count()).toBe(0);
      await page.close();
    });

    it("gives a module the area of its share, of what is chosen", async () => {
      const { page } = await open("one.html");
      // ResNet-50's layer4 by hand: 1024 to 512 to 2048 channels at 14 and 7 pixels a side.
      const first = 14 ** 2 * 1024 * 512 + 7 ** 2 * (9 * 512 * 512 + 512 * 2048 + 1024 * 2048);
      const macs = first + 2 * 7 ** 2 * (2048 * 512 + 9 * 512 * 512 + 512 * 2048);
      expect(await areaOf(page, "layer4")).toBeCloseTo(macs / 4_089_184_256, 2);
      await page.locator(".tabs > label", { hasText: "parameters" }).click();
      expect(await areaOf(page, "layer4")).toBeCloseTo(14_964_736 / 25_557_032, 2);
      expect(await page.locator("svg.treemap:visible").count()).toBe(1);
      await page.close();
    });

    it("draws each layer that multiplies under the roof, and says what the roof is of", async () => {
      const { page } = await open("one.html");
      // 53 convolutions and one linear layer.
      expect(await page.locator("svg.roofline circle").count()).toBe(54);
      const roof = (await page.locator("svg.roofline").textContent())!;
      expect(roof).toMatch(/not calibrated|calibrated|measured/);
      const outside = await page.evaluate(() => {
        const frame = document.querySelector("svg.roofline")!.getBoundingClientRect();
        return [...document.querySelectorAll("svg.roofline circle")].filter((c) => {
          const { left, right, top, bottom } = c.getBoundingClientRect();
          return (
            left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom
          );
        }).length;
      });
      expect(outside).toBe(0);
      await page.close();
    });

    it("tabulates the modules, and every layer when asked", async () => {
      const { page } = await open("one.html");
      const rows = page.locator("table.modules").first().locator("tbody tr");
      const first = (await rows.allInnerTexts()).map((row) => row.split("\t")[0]!.trim());
      expect(first).toEqual(expect.arrayContaining(["conv1", "layer1", "1-5  ×5", "fc"]));
      expect(await page.locator("table.modules:visible").count()).toBe(1);
      await page.locator("summary", { hasText: "Every layer" }).click();
      expect(await page.locator("table.modules:visible").count()).toBe(2);
      await page.close();
    });

    it("shows two models: totals side by side, a section each", async () => {
      const { page, complaints } = await open("both.html");
      expect(complaints).toEqual([]);
      const macs = page.locator("table.totals tr", { hasText: /^MACs\s*4/ });
      expect(await macs.first().locator("td").allTextContents()).toEqual([
        "MACs",
        "4,089,184,256",
        "11,174,215,680",
      ]);
      expect(await page.locator("h2.model").allInnerTexts()).toEqual(["resnet50", "bert"]);
      expect(await page.locator("svg.treemap:visible").count()).toBe(2);
      await page.close();
    });

    it("fits a phone without scrolling sideways", async () => {
      const { page } = await open("both.html", { viewport: { width: 390, height: 800 } });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
      await page.close();
    });
  },
);
