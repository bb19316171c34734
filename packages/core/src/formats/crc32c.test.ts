import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "./crc32c.js";

describe("crc32c", () => {
  // RFC 3720 B.4 (iSCSI), and the check value of the CRC catalogue.
  it.each([
    ["32 zero bytes", new Uint8Array(32), 0x8a9136aa],
    ["32 bytes of ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ["31 to 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ["the text 123456789", new TextEncoder().encode("123456789"), 0xe3069283],
    ["nothing", new Uint8Array(0), 0],
  ])("agrees with the published sum of %s", (_, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });

  it("is masked as TFRecord says: rotate right by 15, add 0xa282ead8", () => {
    expect(maskedCrc32c(new Uint8Array(0))).toBe(0xa282ead8);
    // 0xe3069283 >>> 15 = 0x1c60d, << 17 = 0x25060000; or = 0x2507c60d; + 0xa282ead8 = 0xc78ab0e5.
    expect(maskedCrc32c(new TextEncoder().encode("123456789"))).toBe(0xc78ab0e5);
  });
});
