/**
 * The port to a terminal: what the menu needs of the process and its streams. The real one is wired by the program.
 *
 * @module
 */

/** Cells of the screen. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal. Every `on…` gives back its own end. */
export interface Tty {
  size(): Size;
  write(bytes: string): void;
  /** Keys one by one and unechoed, or as the shell had it. */
  raw(on: boolean): void;
  onData(listener: (text: string) => void): () => void;
  onResize(listener: () => void): () => void;
  /** The terminal is gone: end of input, or an error of it. */
  onGone(listener: () => void): () => void;
  /** The next line that a person ends with Enter; only while the terminal is lent. */
  line(): Promise<void>;
  /** Stops the whole job, as Ctrl-Z does. Returns when the signal was sent. */
  stop(): void;
  /** The shell has brought the job back, or somebody stops it from outside. */
  onJob(listener: (what: 'stop' | 'continue') => void): () => void;
  /** Puts the terminal right when this process was killed and could not; the result ends that. */
  guard(leave: string): () => void;
}
