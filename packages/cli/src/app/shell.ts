/** Command lines that a person can copy into a shell. */

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;

/** `frugal` with these words. */
export const commandLine = (...words: readonly string[]): string =>
  ["frugal", ...words.map(quoted)].join(" ");
