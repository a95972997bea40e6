/**
 * Lines to a process: what goes together, in which order, and what is said of lines that did not go.
 *
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { LineWriter } from '../../../../src/transport/process/line-writer.ts';

type Done = (error?: Error | null) => void;

/** A process that reads: everything is taken at once, or when the test says so. */
class Input extends Writable {
  readonly writes: string[] = [];
  readonly #take: (done: Done) => void;

  constructor(take: (done: Done) => void = (done) => done()) {
    super({ decodeStrings: false });
    this.#take = take;
    this.on('error', () => {});
  }

  override _write(chunk: string | Buffer, _encoding: string, done: Done): void {
    this.writes.push(chunk.toString());
    this.#take(done);
  }
}

function writerTo(input: Input): { readonly put: (line: string | Buffer) => void; readonly told: string[] } & {
  readonly writer: LineWriter;
} {
  const writer = new LineWriter(input);
  const told: string[] = [];
  return {
    writer,
    told,
    put: (line) =>
      writer.write(line, (failure) => {
        told.push(`${line.toString().slice(0, 1)} ${failure?.sent ?? 'written'}`);
      }),
  };
}

const LONG = `L${'x'.repeat(20_000)}\n`;
const broken = (): Error => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

describe('what goes together', () => {
  test('the lines of one turn go in one write at its end', async () => {
    const input = new Input();
    const { put, told } = writerTo(input);
    for (const line of ['1\n', '2\n', '3\n']) put(line);
    expect(input.writes).toEqual([]);
    await nextTurn();
    expect(input.writes).toEqual(['1\n2\n3\n']);
    await nextTurn();
    expect(told).toEqual(['1 written', '2 written', '3 written']);
    put('4\n');
    await nextTurn();
    expect(input.writes.at(-1)).toBe('4\n');
  });

  test.each([
    ['long', LONG],
    ['of bytes', Buffer.from('L\n')],
  ])('a line that is %s goes at once, behind those that came before it', async (_, line) => {
    const input = new Input();
    const { put } = writerTo(input);
    for (const each of ['1\n', '2\n', line, '3\n']) put(each);
    await nextTurn();
    expect(input.writes).toEqual(['1\n2\n', line.toString(), '3\n']);
  });

  test('many lines of one turn are not kept back without end', () => {
    const input = new Input();
    const { put, writer } = writerTo(input);
    for (let count = 0; count < 200; count += 1) put(`${'x'.repeat(1_000)}\n`);
    expect(writer.length).toBeLessThan(20_000);
    expect(input.writes.length).toBeLessThan(20);
  });

  test('what is kept back counts as unsent, and goes when it is asked to', () => {
    const input = new Input();
    const { put, writer } = writerTo(input);
    for (const line of ['1\n', '2\n']) put(line);
    expect(writer.length).toBe(4);
    writer.flush();
    expect(writer.length).toBe(0);
    expect(input.writes).toEqual(['1\n2\n']);
  });
});

describe('what is said of lines that did not go', () => {
  test('[call.never-twice] of lines that were refused at once none was sent', async () => {
    const { put, told } = writerTo(new Input((done) => done(broken())));
    for (const line of ['1\n', '2\n', '3\n']) put(line);
    await nextTurn();
    await nextTurn();
    expect(told).toEqual(['1 no', '2 no', '3 no']);
  });

  test('[call.never-twice] of lines that broke off on the way only the last one surely lacks its end', async () => {
    let later: Done | undefined;
    const { put, told } = writerTo(new Input((done) => (later = done)));
    for (const line of ['1\n', '2\n', '3\n']) put(line);
    await nextTurn();
    later?.(broken());
    await nextTurn();
    expect(told).toEqual(['1 maybe', '2 maybe', '3 no']);
  });

  test('[call.never-twice] of lines behind others that still wait nothing is sure', async () => {
    let later: Done | undefined;
    const { put, told } = writerTo(new Input((done) => (later = done)));
    put('1\n');
    await nextTurn();
    put('2\n');
    await nextTurn();
    later?.(broken());
    await nextTurn();
    expect(told).toEqual(['1 no', '2 maybe']);
  });

  test('[call.never-twice] lines for an input that was closed meanwhile were not sent', async () => {
    const input = new Input();
    const { put, told } = writerTo(input);
    for (const line of ['1\n', '2\n', '3\n']) put(line);
    input.end();
    await nextTurn();
    await nextTurn();
    expect(told).toEqual(['1 no', '2 no', '3 no']);
  });

  test('a write that was under way when its stream was destroyed may have been sent', async () => {
    let later: Done | undefined;
    const input = new Input((done) => (later = done));
    const { put, told } = writerTo(input);
    put('1\n');
    await nextTurn();
    input.destroy();
    later?.();
    await nextTurn();
    expect(told).toEqual(['1 maybe']);
  });
});
