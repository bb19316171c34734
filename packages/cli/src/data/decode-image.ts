/** PNG and JPEG to planes of bytes. */

import { UserError } from "@frugal/core/base";
import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";

export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** [channels, height, width] */
  readonly planes: Uint8Array;
}

/** Interleaved bytes: grey, grey + alpha, RGB or RGB + alpha. */
interface Interleaved {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/**
 * The image in a PNG or JPEG file. Palettes become RGB; 16 bits are cut to the upper 8; fewer than 8 are stretched
 * to 0-255; an alpha channel is dropped where the image is opaque and refused where it is not, since what lies
 * behind it is not ours to choose. An image whose three colours agree everywhere is grey.
 *
 * @example
 * decodeImage(new Uint8Array(8), "cat/1.png") // throws E_DATA
 */
export function decodeImage(bytes: Uint8Array, name: string): DecodedImage {
  let image: Interleaved;
  try {
    image = bytes[0] === 0xff ? fromJpeg(bytes) : fromPng(decodePng(bytes));
  } catch (cause) {
    // The magic numbers of the two formats.
    const isImage = bytes[0] === 0xff || (bytes[0] === 0x89 && bytes[1] === 0x50);
    const why = isImage
      ? `cannot be decoded: ${(cause as Error).message.replace(/[:\s]+$/, "")}`
      : "is neither a PNG nor a JPEG";
    throw new UserError("E_DATA", `${name} ${why}`, {
      where: name,
      allowed: "a whole PNG or JPEG file",
      next: "remove or replace the file",
      cause,
    });
  }
  const { width, height, channels, data } = image;
  const size = width * height;
  if (channels % 2 === 0) {
    for (let i = channels - 1; i < size * channels; i += channels) {
      if (data[i] !== 255) throw transparent(name);
    }
  }
  const colours = channels > 2 ? 3 : 1;
  let isGrey = true;
  if (colours === 3) {
    for (let i = 0; i < size * channels && isGrey; i += channels) {
      isGrey = data[i] === data[i + 1] && data[i] === data[i + 2];
    }
  }
  const kept = isGrey ? 1 : 3;
  const planes = new Uint8Array(kept * size);
  for (let c = 0; c < kept; c++) {
    for (let i = 0; i < size; i++) planes[c * size + i] = data[i * channels + c]!;
  }
  return { width, height, channels: kept, planes };
}

const transparent = (name: string): UserError =>
  new UserError("E_DATA", `${name} is partly transparent`, {
    where: name,
    allowed: "opaque images",
    next: "flatten it against a background of your choice",
  });

function fromJpeg(bytes: Uint8Array): Interleaved {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
  });
  return { width, height, channels: 3, data };
}

function fromPng(png: DecodedPng): Interleaved {
  const { width, height, depth, channels, palette } = png;
  if (palette) {
    return { width, height, channels: palette[0]!.length, data: convertIndexedToRgb(png) };
  }
  // A single colour declared transparent: treated as alpha where it occurs would need a choice of background.
  if (png.transparency && png.transparency.length > 0) {
    throw new Error("it declares a transparent colour");
  }
  if (depth === 16)
    return { width, height, channels, data: Uint8Array.from(png.data, (v) => v >> 8) };
  if (depth === 8) return { width, height, channels, data: png.data };
  return { width, height, channels: 1, data: unpackBits(png) };
}

/** Grey of 1, 2 or 4 bits, packed from the highest bit, each row padded to a byte. */
function unpackBits({ width, height, depth, data }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const highest = 2 ** depth - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)]!;
    return (((byte >> (8 - depth - (bit & 7))) & highest) * 255) / highest;
  });
}
