/** What a proof has seen. */
export interface Proven {
  readonly figures: Readonly<Record<string, string | number>>;
  /** Empty when every bar was met. */
  readonly violations: readonly string[];
}
