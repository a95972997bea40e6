/** The fixture server as tests see it. */
export interface Fixture {
  readonly url: string;
  /** Every session is gone, as after a restart. */
  forget(): void;
  close(): Promise<void>;
}

/** Starts it on loopback. `era` = what it speaks; default both. */
export function startFixture(options?: {
  readonly era?: 'legacy' | 'modern' | 'both';
  readonly port?: number;
}): Promise<Fixture>;
