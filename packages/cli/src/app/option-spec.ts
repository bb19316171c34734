/** What an option and a command are made of. */

interface OptionBase {
  readonly summary: string;
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: boolean;
}
export interface FlagSpec extends OptionBase {
  readonly type: "boolean";
}
export interface TextSpec extends OptionBase {
  readonly type: "string";
  /** What stands after the option in help, such as FILE. */
  readonly value: string;
  /** The value may be left out, which gives ""; a following word is the value only if it matches. */
  readonly optional?: RegExp;
}
export type OptionSpec = FlagSpec | TextSpec;
export type OptionTable = Readonly<Record<string, OptionSpec>>;

export interface CommandSpec {
  readonly summary: string;
  /** Words after the command, in order; a name in brackets may be left out, one with dots repeats. */
  readonly positionals: readonly string[];
  readonly options: OptionTable;
  /** Complete command lines with what they do. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  /** A paragraph for help, where the summary is not enough. */
  readonly details?: string;
}
