/**
 * The project folder as a root (MCP 2025-11-25, client/roots).
 *
 * @module
 */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One root. */
export interface Root {
  readonly uri: string;
  readonly name: string;
}

/** The folder as a `file://` URI. */
export function rootOf(folder: string): { uri: string; name: string } {
  return { uri: pathToFileURL(folder).href, name: basename(folder) || folder };
}
