/**
 * Whether a tool, or something else, is fit to be listed. What is not is left out by name; the rest of its server stays.
 *
 * @module
 */

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is nested deeper than this is taken for an attack or a mistake. */
const DEEPEST = 64;

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((part) => isDeeper(part, left - 1));
}

/** Why the tool cannot be listed (MCP, tools: `name`, `inputSchema` of type `object`); `undefined` when it can. */
export function toolProblem(tool: unknown): string | undefined {
  if (!isObject(tool)) return 'it is no object';
  if (typeof tool['name'] !== 'string' || tool['name'] === '') return 'it has no name';
  const { inputSchema, outputSchema } = tool;
  if (!isObject(inputSchema)) return 'it has no inputSchema';
  if (inputSchema['type'] !== 'object') return 'its inputSchema is not of type "object"';
  const { properties } = inputSchema;
  if (properties !== undefined && !isObject(properties)) return 'the properties of its inputSchema are no object';
  if (outputSchema !== undefined && !isObject(outputSchema)) return 'its outputSchema is no object';
  return depthProblem(tool);
}

/** Why something cannot be written into a list: writing what is very deep fails, and with it the whole list, of every server. */
export function depthProblem(item: unknown): string | undefined {
  return isDeeper(item, DEEPEST) ? `it is nested deeper than ${DEEPEST} levels` : undefined;
}

/** Why the prompt cannot be listed (MCP, prompts: `name`). */
export function promptProblem(prompt: unknown): string | undefined {
  if (!isObject(prompt) || typeof prompt['name'] !== 'string' || prompt['name'] === '') return 'it has no name';
  return depthProblem(prompt);
}
