/**
 * Lets the conformance suite start on Node 20: it imports `fs.globSync`, which Node 22 brought, for a command that is
 * not used here.
 *
 * @module
 */
import * as fs from 'node:fs';
import { register } from 'node:module';

const HOOKS = `
const STAND_IN = 'data:text/javascript,' + encodeURIComponent(
  "export * from 'node:fs'; export { default } from 'node:fs';" +
  "export function globSync() { throw new Error('fs.globSync needs Node 22'); }");
export function resolve(specifier, context, next) {
  const asked = specifier === 'fs' || specifier === 'node:fs';
  if (asked && context.parentURL?.includes('/@modelcontextprotocol/conformance/'))
    return { url: STAND_IN, shortCircuit: true };
  return next(specifier, context);
}`;

if (!('globSync' in fs)) register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, import.meta.url);
