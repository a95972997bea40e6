import type * as product from '../../src/index.ts';
import type * as testing from '../../src/testing/index.ts';
import type { Row } from './table.d.mts';

/** What the rows run against. */
export interface MatrixWorld {
  readonly product: Pick<typeof product, 'createHoldfast' | 'NUMBERS'>;
  readonly t: typeof testing;
  /** Path of the scriptable stdio server. */
  readonly program: string;
  /** Variables that the fleets see. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How slow the slow server is. */
  readonly slowMs: number;
  readonly node?: string;
}

/** What became of one row. */
export interface RowResult {
  readonly name: string;
  readonly peer: boolean;
  /** Empty when everything was as expected. */
  readonly differences: readonly string[];
}

export function cleanEnv(env: Readonly<Record<string, string | undefined>>): Record<string, string>;
export function runMatrix(rows: readonly Row[], world: MatrixWorld): Promise<readonly RowResult[]>;
export function runCrowd(
  size: { readonly hanging: number; readonly good: number },
  world: Pick<MatrixWorld, 'product' | 't' | 'env'>,
): Promise<{ readonly ms: number; readonly connected: number }>;
