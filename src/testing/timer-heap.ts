/**
 * Timers in the order in which they are due: earliest first, and of equal ones the one set first.
 *
 * @module
 */

/** A timer. It is `over` once it fired or was cancelled; cancelled ones stay in the heap until they reach its top. */
export interface HeapTimer {
  readonly at: number;
  readonly seq: number;
  readonly fire: () => void;
  over: boolean;
}

const before = (a: HeapTimer, b: HeapTimer): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** A binary heap, so that a thousand servers with many timers each stay cheap. */
export class TimerHeap {
  #items: HeapTimer[] = [];
  #cancelled = 0;

  /** Timers that will still fire. */
  get size(): number {
    return this.#items.length - this.#cancelled;
  }

  push(timer: HeapTimer): void {
    this.#items.push(timer);
    this.#up(this.#items.length - 1);
  }

  /** Marks a timer; the heap is rebuilt when most of it is dead. */
  cancel(timer: HeapTimer): void {
    if (timer.over) return;
    timer.over = true;
    this.#cancelled += 1;
    if (this.#cancelled > 64 && this.#cancelled * 2 > this.#items.length) this.#compact();
  }

  /** The timer that is due first. */
  peek(): HeapTimer | undefined {
    while (this.#items[0]?.over === true) {
      this.#removeTop();
      this.#cancelled -= 1;
    }
    return this.#items[0];
  }

  pop(): HeapTimer | undefined {
    const top = this.peek();
    if (top === undefined) return undefined;
    top.over = true;
    this.#removeTop();
    return top;
  }

  #compact(): void {
    const live = this.#items.filter((timer) => !timer.over);
    this.#items = [];
    this.#cancelled = 0;
    for (const timer of live) this.push(timer);
  }

  #removeTop(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #down(from: number): void {
    let index = from;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      const leftItem = this.#items[left];
      const rightItem = this.#items[right];
      if (leftItem === undefined) return;
      const child = rightItem !== undefined && before(rightItem, leftItem) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const a = this.#items[child];
    const b = this.#items[parent];
    if (a === undefined || b === undefined || !before(a, b)) return false;
    this.#items[child] = b;
    this.#items[parent] = a;
    return true;
  }
}
