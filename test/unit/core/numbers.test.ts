/**
 * The numbers table: whole, documented, and set from outside only by values that make sense.
 *
 * @module
 */
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_NUMBERS,
  NUMBERS,
  NUMBER_VARIABLES,
  numbersFromEnv,
  resolveNumbers,
} from '../../../src/core/numbers.ts';

const rows = Object.entries(NUMBERS);

describe('[numbers.one-table] the table', () => {
  test.each(rows)('says of %s what it is, from where, and how to set it', (id, row) => {
    expect(row.what).not.toBe('');
    expect(row.source).not.toBe('');
    expect(row.env).toMatch(/^[A-Z][A-Z_]*$/);
    expect(row.default).toBeGreaterThanOrEqual(row.min);
    expect(id.endsWith('Ms')).toBe(row.unit === 'ms');
    expect(id.endsWith('Bytes')).toBe(row.unit === 'bytes');
  });

  test('gives every number a variable of its own, and its defaults cannot be changed', () => {
    expect(new Set(NUMBER_VARIABLES).size).toBe(rows.length);
    expect(Object.isFrozen(DEFAULT_NUMBERS)).toBe(true);
  });

  test('has the numbers that people know', () => {
    expect(DEFAULT_NUMBERS).toMatchObject({
      connectTimeoutMs: 30_000,
      startupRetries: 3,
      startupDelayMs: 1_000,
      reconnectTries: 5,
      reconnectDelayMs: 1_000,
      retryCapMs: 30_000,
      slowProbeMs: 60_000,
      slowProbeCapMs: 300_000,
      crashLoopDeaths: 5,
      crashLoopWindowMs: 60_000,
      parallelStdio: 3,
      parallelRemote: 20,
      firstByteMs: 60_000,
      callIdleMs: 300_000,
      callIdleStdioMs: 1_800_000,
      startWaitMs: 5_000,
      helperTimeoutMs: 10_000,
      helperOutputBytes: 65_536,
      listRetries: 3,
    });
  });
});

describe('[numbers.environment] a variable', () => {
  test('sets its number, by the names that Claude Code uses where they exist', () => {
    expect(numbersFromEnv({ MCP_TIMEOUT: '45000', HOLDFAST_RECONNECT_TRIES: '9' })).toEqual({
      connectTimeoutMs: 45_000,
      reconnectTries: 9,
    });
  });

  test.each(['', ' ', '-1', '1.5', '1e3', 'ten', '0x10', '9'.repeat(13)])('is passed over when it is "%s"', (text) => {
    expect(numbersFromEnv({ MCP_TIMEOUT: text })).toEqual({});
  });
});

test('[numbers.per-server] the entry wins over the environment, and the environment over the default', () => {
  const resolved = resolveNumbers(numbersFromEnv({ MCP_TIMEOUT: '1', HOLDFAST_LIST_RETRIES: '2' }), {
    connectTimeoutMs: 7,
  });
  expect(resolved).toMatchObject({ connectTimeoutMs: 7, listRetries: 2, startupRetries: 3 });
});
