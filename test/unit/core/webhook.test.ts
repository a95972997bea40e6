/**
 * How the address of a webhook is shown: nothing of it may be the key to its receiver.
 */
import { expect, test } from 'vitest';
import { webhookAddress } from '../../../src/core/webhook.ts';

test.each([
  ['http://127.0.0.1:8080/all', 'http://127.0.0.1:8080/all'],
  ['https://hooks.example', 'https://hooks.example'],
  ['https://hooks.example/${HOOK_ID}?token=${TOKEN}', 'https://hooks.example/${HOOK_ID}'],
  ['https://hooks.example/${HOOK_ID:-a/b?c}/x', 'https://hooks.example/${HOOK_ID:-[hidden]}/x'],
  ['${OPS_URL}', '${OPS_URL}'],
  ['https://me:pass@hooks.example/', 'https://hooks.example/'],
  [
    'https://hooks.example/services/T00000000/B00000000/aBcDeFgHiJkLmNoPqRsTuVwX',
    'https://hooks.example/services/[hidden]/[hidden]/[hidden]',
  ],
  ['https://hooks.example/api/v2/1234567/tok_en-1#x', 'https://hooks.example/api/v2/[hidden]/[hidden]'],
  ['https://hooks.example/3f2b8c1e-0d4a-4f6b-9c3e-1a2b3c4d5e6f', 'https://hooks.example/[hidden]'],
  ['https://hooks.example/abcdefghijklmnopqrstuvwxyz', 'https://hooks.example/[hidden]'],
  ['key-without-a-scheme-0123', '[hidden]'],
])('[webhook.test] the address %s is shown as %s', (url, shown) => {
  expect(webhookAddress(url)).toBe(shown);
});
