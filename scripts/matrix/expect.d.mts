/** What was seen of a row, or what was expected of it. */
export interface Facts {
  readonly status: string;
  readonly reason: string | undefined;
  readonly tries: number;
  readonly after: string | undefined;
}

export function differences(
  seen: Facts & { readonly ms: number; readonly nextInMs: number | undefined; readonly snapshot: object },
  expected: Facts & {
    readonly ms: readonly [number, number];
    readonly next: 'nothing' | readonly [number, number];
    readonly snapshot?: object;
  },
): readonly string[];
