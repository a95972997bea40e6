/**
 * The answer to one POST as its client gets it, on a clock that is moved.
 */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { EventStream, Reply } from '../../../../src/gateway/front/reply.ts';
import { createVirtualClock } from '../../../../src/testing/virtual-clock.ts';

/** A response in memory; `taken` = how much of it the client reads. */
class MemoryResponse extends EventEmitter {
  written = '';
  taken = true;
  waiting = 0;
  writableEnded = false;
  destroyed = false;
  status = 0;
  type: unknown;

  get writableLength(): number {
    return this.waiting;
  }

  writeHead(status: number, headers: Record<string, unknown>): this {
    this.status = status;
    this.type = headers['content-type'];
    return this;
  }

  write(text: string | Buffer): boolean {
    this.written += text.toString();
    if (!this.taken) this.waiting += text.length;
    return this.taken;
  }

  end(text: string | Buffer = ''): this {
    this.write(text);
    this.writableEnded = true;
    this.emit('close');
    return this;
  }

  get server(): ServerResponse {
    return this as unknown as ServerResponse;
  }
}

const comments = ({ written }: MemoryResponse): number => written.split(': ka\n\n').length - 1;

describe('[gateway.alive] a stream that says nothing', () => {
  test('has a comment at once and then every 15 s, until it ends', async () => {
    const clock = createVirtualClock();
    const response = new MemoryResponse();
    const stream = new EventStream(response.server, clock);
    expect(response.type).toBe('text/event-stream');
    expect(comments(response)).toBe(1);
    await clock.advance(14_999);
    expect(comments(response)).toBe(1);
    await clock.advance(1);
    expect(comments(response)).toBe(2);
    await clock.advance(45_000);
    expect(comments(response)).toBe(5);
    stream.end('{}');
    expect(clock.pending).toBe(0);
    expect(response.written.endsWith('event: message\ndata: {}\n\n')).toBe(true);
  });

  test('has none while its client does not read, and ends with its client', async () => {
    const clock = createVirtualClock();
    const response = new MemoryResponse();
    // The stream belongs to its response.
    expect(new EventStream(response.server, clock)).toBeDefined();
    response.taken = false;
    await clock.advance(60_000);
    expect(comments(response)).toBe(2);
    response.emit('close');
    expect(clock.pending).toBe(0);
  });

  test('an answer that takes longer than 15 s becomes a stream, where the client takes one', async () => {
    for (const mayStream of [true, false]) {
      const clock = createVirtualClock();
      const response = new MemoryResponse();
      const reply = new Reply(response.server, clock, mayStream);
      reply.expectWait();
      await clock.advance(14_999);
      expect(response.status).toBe(0);
      await clock.advance(1);
      expect(response.status).toBe(mayStream ? 200 : 0);
      reply.end('{"a":1}');
      expect(response.type).toBe(mayStream ? 'text/event-stream' : 'application/json');
      expect(response.written).toContain('{"a":1}');
      expect(clock.pending).toBe(0);
    }
  });
});

describe('[gateway.slow] a client that does not read', () => {
  test('is told a megabyte of news and no more; the answer is kept for it', () => {
    const response = new MemoryResponse();
    response.taken = false;
    const reply = new Reply(response.server, createVirtualClock(), true);
    const news = `{"n":"${'x'.repeat(10_000)}"}`;
    for (let count = 0; count < 1_000; count += 1) reply.notify(news);
    expect(response.waiting).toBeGreaterThan(1_000_000);
    expect(response.waiting).toBeLessThan(1_100_000);
    reply.end('{"done":true}');
    expect(response.written).toContain('{"done":true}');
  });
});
