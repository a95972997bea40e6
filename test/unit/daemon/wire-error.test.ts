/**
 * Errors cross the socket with code, sentence, hint and data.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/base/errors.ts';
import { errorFromJson, errorToJson, statusOf } from '../../../src/daemon/wire-error.ts';

const over = (error: unknown): HoldfastError => errorFromJson(JSON.parse(JSON.stringify(errorToJson(error))));

describe('[daemon.remote-fleet] an error behind the socket', () => {
  test.each([
    new HoldfastError('ERR_SERVER_UNKNOWN', 'no server is named "x"', {
      hint: 'Did you mean y?',
      data: { server: 'x', nearest: ['y'] },
    }),
    new HoldfastError('ERR_RATE_LIMITED', 'slower', { data: { retryAfterMs: 1500 } }),
    new HoldfastError('ERR_RPC', 'the server refused', { data: { rpc: { code: -32602, message: 'bad', data: [1] } } }),
    new HoldfastError('ERR_CLOSED', 'closed'),
  ])('arrives as it was thrown: $code', (error) => {
    const arrived = over(error);
    expect(arrived).toBeInstanceOf(HoldfastError);
    expect(arrived.toJSON()).toEqual(error.toJSON());
  });

  test('[security.canaries] keeps the text of foreign exceptions to itself', () => {
    const told = errorToJson(new TypeError('token=hunter2-hunter2'));
    expect(told.code).toBe('ERR_INTERNAL');
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(JSON.stringify(errorToJson('hunter2'))).not.toContain('hunter2');
  });

  test('keeps the code of a newer daemon', () => {
    expect(errorFromJson({ code: 'ERR_FROM_TOMORROW', message: 'm', hint: 'h' })).toMatchObject({
      code: 'ERR_FROM_TOMORROW',
      message: 'm',
      hint: 'h',
    });
  });

  test.each([null, 7, 'text', [], {}, { code: 5 }, { code: 'EACCES', message: 'x' }])(
    'is ERR_INTERNAL where the daemon sent %j',
    (value) => {
      expect(errorFromJson(value).code).toBe('ERR_INTERNAL');
    },
  );

  test('never has a status that says all is well', () => {
    expect(statusOf('ERR_SERVER_UNKNOWN')).toBe(404);
    expect(statusOf('ERR_INTERNAL')).toBe(500);
    expect(statusOf('ERR_CALL_CANCELLED')).toBeGreaterThanOrEqual(400);
  });
});
