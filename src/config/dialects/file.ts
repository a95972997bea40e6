/**
 * Files that a person names with `--config`.
 *
 * @module
 */
import { dirname } from 'node:path';
import type { Dialect } from './dialect.ts';

/** File scope, the last one named first: it wins. Relative paths in a file are looked up beside it. */
export const namedFiles: Dialect = (view) =>
  (view.files ?? []).toReversed().map((path) => ({
    client: 'file',
    scope: 'file',
    path,
    container: ['mcpServers'],
    strangers: ['servers'],
    base: dirname(path),
    workingFolder: dirname(path),
    isNamed: true,
  }));
