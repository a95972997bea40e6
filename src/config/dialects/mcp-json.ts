/**
 * `.mcp.json` at the root of a project, which several clients share.
 *
 * @module
 */
import { join } from 'node:path';
import type { Dialect } from './dialect.ts';

/** Name of the file; a folder that holds it is a project. */
export const MCP_JSON = '.mcp.json';

/** Project scope. `servers` is how VS Code writes it; that is told, not read. */
export const mcpJson: Dialect = (view) =>
  view.projectRoot === undefined
    ? []
    : [
        {
          client: 'mcp-json',
          scope: 'project',
          path: join(view.projectRoot, MCP_JSON),
          container: ['mcpServers'],
          strangers: ['servers'],
          base: view.projectRoot,
          workingFolder: view.projectRoot,
          project: view.projectRoot,
        },
      ];
