/**
 * The guardian on a machine that cannot start it.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import { Guardian } from '../../../../src/transport/process/guardian.ts';

vi.mock('node:child_process', () => ({ spawn: vi.fn<typeof spawn>() }));

/** What Node gives where there is no file descriptor left for the pipes: a child without streams, then an error. */
function unstarted(): EventEmitter {
  return Object.assign(new EventEmitter(), { pid: undefined, stdin: undefined, unref() {} });
}

test('a guardian for which there is no file descriptor breaks nothing, and is asked for again with the next process', () => {
  const warn = vi.fn<(fields: object, message: string) => void>();
  const guardian = new Guardian({ ...silentLogger, warn });
  const error = Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' });
  for (let group = 1; group <= 10; group += 1) {
    const child = unstarted();
    vi.mocked(spawn).mockReturnValueOnce(child as ChildProcess);
    guardian.add(group);
    expect(spawn).toHaveBeenCalledTimes(group);
    child.emit('error', error);
  }
  expect(warn).toHaveBeenLastCalledWith({ error }, 'the guardian of the server processes could not be started');
  // The last one is told of every group that is there.
  expect(vi.mocked(spawn).mock.lastCall?.[1].slice(3)).toEqual(Array.from({ length: 10 }, (_, at) => String(at + 1)));
});
