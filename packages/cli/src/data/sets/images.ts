/** Images of one's own: a folder for each class, optionally below train/ and test/. */

import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "@frugal/core/base";
import { checkDataset } from "../check.js";
import { type DecodedImage, decodeImage } from "../decode-image.js";
import { fileError, requireFolder } from "../files.js";
import type { Split } from "../types.js";
import type { DatasetEntry } from "./entry.js";

export interface ImagesOptions {
  /** Folder with `<class>/*.png|jpg|jpeg`, or with `train/<class>/...` and perhaps `test/<class>/...`. */
  readonly from: string;
  /** "auto": grey if every training image is grey, else RGB. A grey image is also a valid RGB one. Default "auto". */
  readonly colour?: "auto" | "grey" | "rgb";
}

interface LabelledImage {
  readonly path: string;
  readonly label: number;
  readonly image: DecodedImage;
}

const isImage = (name: string): boolean => /\.(png|jpe?g)$/i.test(name);

export const images: DatasetEntry<ImagesOptions> = {
  summary: "a folder of PNG or JPEG images, one sub-folder a class, by path",
  source: "by path",
  async load({ from, colour = "auto" }) {
    if (from === undefined) {
      throw new UserError("E_CONFIG", "images need a folder", {
        where: "data.from",
        allowed: "the path of a folder with one sub-folder a class",
        next: "add data.from",
      });
    }
    await requireFolder(from);
    const top = await foldersIn(from);
    const hasParts = top.includes("train");
    const trainFolder = hasParts ? join(from, "train") : from;
    const classes = hasParts ? await foldersIn(trainFolder) : top;
    if (classes.length === 0) throw empty(trainFolder, "a folder for each class");
    const train = await readImages(trainFolder, classes);
    const test =
      hasParts && top.includes("test") ? await readImages(join(from, "test"), classes) : [];

    const first = train[0]!;
    for (const { path, image } of [...train, ...test]) {
      if (image.width !== first.image.width || image.height !== first.image.height) {
        throw new UserError("E_DATA", `${path} is ${image.width}x${image.height}`, {
          where: path,
          allowed: `${first.image.width}x${first.image.height}, as ${first.path}`,
          next: "resize or remove the image",
        });
      }
    }
    const isRgb =
      colour === "rgb" || (colour === "auto" && train.some((t) => t.image.channels === 3));
    const shape = [isRgb ? 3 : 1, first.image.height, first.image.width];
    return checkDataset({
      name: basename(from),
      classes,
      inputShape: shape,
      train: stack(train, shape),
      test: test.length > 0 ? stack(test, shape) : undefined,
    });
  },
};

/** Names of the folders in a folder, sorted by code unit; hidden ones are left out. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw fileError(cause, folder, "a readable folder");
  }
}

async function readImages(folder: string, classes: readonly string[]): Promise<LabelledImage[]> {
  const unknown = (await foldersIn(folder)).find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw new UserError("E_DATA", `class ${unknown} has no training images`, {
      where: join(folder, unknown),
      allowed: classes.join(", "),
      next: "add training images of this class, or remove the folder",
    });
  }
  const list: LabelledImage[] = [];
  for (const [label, name] of classes.entries()) {
    const classFolder = join(folder, name);
    try {
      const files = (await readdir(classFolder)).filter(
        (file) => isImage(file) && !file.startsWith("."),
      );
      if (files.length === 0) throw empty(classFolder, "PNG or JPEG files");
      for (const file of files.sort()) {
        const path = join(classFolder, file);
        list.push({ path, label, image: decodeImage(await readFile(path), path) });
      }
    } catch (cause) {
      throw fileError(cause, classFolder, "a readable folder of images");
    }
  }
  return list;
}

const empty = (folder: string, allowed: string): UserError =>
  new UserError("E_DATA", `${folder} is empty`, {
    where: folder,
    allowed,
    next: "add images as <class>/<name>.png, or remove the folder",
  });

/** One array from all images: a grey image fills three equal planes, a coloured one never becomes grey. */
function stack(list: readonly LabelledImage[], shape: readonly number[]): Split {
  const [channels, height, width] = shape as [number, number, number];
  const plane = height * width;
  const data = new Uint8Array(list.length * channels * plane);
  list.forEach(({ image, path }, i) => {
    if (image.channels > channels) {
      throw new UserError("E_DATA", `${path} has colours`, {
        where: path,
        allowed: "grey images only",
        next: 'convert the image, or set data.options.colour to "rgb"',
      });
    }
    for (let c = 0; c < channels; c++) {
      const from = image.channels === 1 ? 0 : c * plane;
      data.set(image.planes.subarray(from, from + plane), (i * channels + c) * plane);
    }
  });
  return {
    n: list.length,
    shape,
    images: data,
    labels: Int32Array.from(list, ({ label }) => label),
  };
}
