/**
 * The published JSON schemas are those of the code. `npm run schemas` writes them.
 *
 * @module
 */
import { expect, test } from 'vitest';
import { doctorSchema } from '../../src/cli/doctor-schema.ts';
import { statusSchema } from '../../src/cli/status-schema.ts';
import { configSchema } from '../../src/config/json-schema.ts';
import { textOf } from '../support/source-scan.ts';

test.each([
  ['schema/config.schema.json', configSchema],
  ['schema/status.schema.json', statusSchema],
  ['schema/doctor.schema.json', doctorSchema],
])('[config.schema] %s is what the code makes', (file, make) => {
  expect(JSON.parse(textOf(file))).toEqual(JSON.parse(JSON.stringify(make())));
});
