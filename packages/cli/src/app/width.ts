/** How wide what is printed on stdout may be. */

const NARROWEST = 60;
/** What a pipe gets: wide enough for all columns that matter, narrow enough for a page. */
const PIPE = 110;

/** Characters of a line of stdout. */
export const widthOfStdout = (): number =>
  Math.max(NARROWEST, process.stdout.columns || Number(process.env.COLUMNS) || PIPE);
