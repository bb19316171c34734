/** The schedules of memory, by name: a new one in the library is a compile error here. */

import type { Schedule } from "@frugal/core/costs";

const schedules: Readonly<Record<Schedule, true>> = {
  "file-order": true,
  "in-place": true,
  modules: true,
  functional: true,
  statements: true,
  "statements-in-place": true,
};

export const scheduleNames = Object.keys(schedules) as [Schedule, ...Schedule[]];
