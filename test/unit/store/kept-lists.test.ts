import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import { createKeptLists } from '../../../src/store/kept-lists.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const KEY = 'a'.repeat(64);
const LISTS = {
  tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
  prompts: [],
  resources: [],
  resourceTemplates: [],
  instructions: 'Say something.',
};
const FILE = `/state/lists/${KEY}.json`;

const open = (files = memoryFiles(), most = 400) =>
  createKeptLists({ folder: '/state', files, logger: silentLogger, most });

test('[gateway.warm] lists come back as they were kept, to another process too, and are gone once forgotten', async () => {
  const files = memoryFiles();
  await open(files).save(KEY, LISTS);
  expect(files.modes.get(FILE) ?? 0o600).toBe(0o600);
  expect(await open(files).load(KEY)).toEqual(LISTS);
  await open(files).forget(KEY);
  expect(await open(files).load(KEY)).toBeUndefined();
});

test.each([
  ['broken', '{'],
  ['of another form', '{"schema":"lists/v9","lists":{}}'],
  ['without a list', '{"schema":"lists/v1","lists":{"tools":[]}}'],
  ['no object', 'null'],
])('[gateway.warm] a file that is %s is as good as none', async (_, text) => {
  expect(await open(memoryFiles({ [FILE]: text })).load(KEY)).toBeUndefined();
});

test('[gateway.warm] a disk that fails keeps nobody from anything', async () => {
  const files = memoryFiles({ [FILE]: '{}' });
  files.readFaults.set(FILE, 'EIO');
  files.writeFaults.set(FILE, 'ENOSPC');
  const kept = open(files);
  expect(await kept.load(KEY)).toBeUndefined();
  await expect(kept.save(KEY, LISTS)).resolves.toBeUndefined();
});

test.each(['../../etc/passwd', 'short', 'A'.repeat(64)])('[gateway.warm] %s names no file', async (key) => {
  const files = memoryFiles();
  await open(files).save(key, LISTS);
  expect(files.texts.size).toBe(0);
  expect(await open(files).load(key)).toBeUndefined();
});

test('[gateway.warm] no more files are kept than allowed', async () => {
  const files = memoryFiles();
  const kept = open(files, 3);
  for (const char of 'abcdef') await kept.save(char.repeat(64), LISTS);
  expect(files.texts.size).toBe(3);
});
