import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configSchema } from '../../../src/config/json-schema.ts';

test('[config.schema] the schema in the package is what the source says (else run "npm run schemas")', () => {
  const file = new URL('../../../schema/config.schema.json', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(configSchema(), null, 2)}\n`);
});
