/** The fixture server as tests see it. */
export interface Fixture {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it on loopback. `era` = what it speaks; default both. */
export function startFixture(options?: {
  readonly era?: 'legacy' | 'modern' | 'both';
  readonly port?: number;
}): Promise<Fixture>;
