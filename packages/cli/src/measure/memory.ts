/** The most memory that this process ever held. */

import { textOf } from "./energy/sysfs.js";

/**
 * High-water mark of resident memory in bytes. On Linux from the process's own status: the resource usage of a child
 * starts at what its parent held when it was forked.
 */
export function peakMemoryBytes(): number {
  const status = textOf("/proc/self/status");
  const kilobytes = status && /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return 1024 * (kilobytes ? Number(kilobytes) : process.resourceUsage().maxRSS);
}
