/**
 * The names under which tools and prompts of all servers stand in one list: `server__tool`. A name depends on its server
 * and its tool alone, so that it stays what it is when other servers come and go; what does not fit is hashed, and the
 * catalogue knows the way back (MCP 2026-07-28, tools: names, note for aggregators).
 *
 * @module
 */
import { partOf } from './parts.ts';
import type { PartRule } from './parts.ts';

/** Between server and tool. No server part contains it. */
export const SEPARATOR = '__';
/** Some model APIs take no longer name, and clients put a prefix of their own before it. */
export const LONGEST_NAME = 64;
const LONGEST_SERVER = 24;

const SERVER: PartRule = {
  clean: /^[A-Za-z0-9](?:[A-Za-z0-9-]|_(?=[A-Za-z0-9-]))*$/,
  foreign: /[^A-Za-z0-9]/g,
  longest: LONGEST_SERVER,
};

/** The server's part of its names. */
export function serverPart(server: string): string {
  return partOf(server, SERVER);
}

/** The name of a tool or prompt in the merged list; at most 64 characters of `A-Za-z0-9_-`. */
export function exposedName(server: string, name: string): string {
  const prefix = `${serverPart(server)}${SEPARATOR}`;
  const rule: PartRule = {
    clean: /^[A-Za-z0-9_-]+$/,
    foreign: /[^A-Za-z0-9_]/g,
    longest: LONGEST_NAME - prefix.length,
  };
  return `${prefix}${partOf(name, rule)}`;
}

/** The server's part of a name; `undefined` for a name that is not of this form. */
export function serverPartOf(name: string): string | undefined {
  const at = name.indexOf(SEPARATOR);
  return at <= 0 ? undefined : name.slice(0, at);
}
