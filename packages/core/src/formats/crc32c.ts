/** CRC-32C (Castagnoli), the checksum of TFRecord frames: reflected polynomial 0x82f63b78, as in RFC 3720. */

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/**
 * The CRC-32C of `bytes`, as an unsigned 32-bit integer.
 *
 * @example
 * crc32c(new TextEncoder().encode("123456789")).toString(16) // "e3069283"
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * The masked CRC that TFRecord stores: rotated right by 15 and shifted by a constant, so that a
 * checksum over data that itself holds checksums stays strong.
 *
 * @example
 * maskedCrc32c(new Uint8Array(0)) // 0xa282ead8
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
