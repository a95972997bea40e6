export interface Followed {
  readonly connected: boolean;
  readonly typed: readonly { readonly words: readonly string[]; readonly code: number | null }[];
  readonly lines: number;
  readonly ms: number;
}

export function follow(
  server: string,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Followed>;
