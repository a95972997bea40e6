/** One row of the fault matrix. */
export interface Row {
  readonly name: string;
  readonly peer?: boolean;
}

export const ROWS: readonly Row[];
export const FEWEST_ROWS: number;
export const QUICK_ENV: Readonly<Record<string, string>>;
