/**
 * What tools and resources give back, for people: texts as they are, everything else by its kind and size.
 *
 * @module
 */
import { safeLine, safeText } from '../../base/safe-text.ts';

/** One part of a result, as MCP describes it. */
interface Part {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly data?: unknown;
  readonly blob?: unknown;
  readonly mimeType?: unknown;
  readonly uri?: unknown;
  readonly name?: unknown;
  readonly resource?: Part;
}

const WHOLE = 64 * 1_048_576;

const bytesOf = (base64: unknown): number =>
  typeof base64 === 'string' ? Math.floor((base64.replace(/=+$/, '').length * 3) / 4) : 0;

function sized(kind: string, part: Part): string {
  const type = typeof part.mimeType === 'string' ? ` ${safeLine(part.mimeType, 80)}` : '';
  return `[${kind}${type}, ${bytesOf(part.data ?? part.blob)} bytes; --json has it]`;
}

function partText(part: Part): string {
  if (typeof part.text === 'string') return safeText(part.text, WHOLE);
  if (part.type === 'resource' && part.resource !== undefined) return partText(part.resource);
  if (part.type === 'resource_link') return `[resource ${safeLine(String(part.uri ?? part.name), 400)}]`;
  return sized(typeof part.type === 'string' ? safeLine(part.type, 40) : 'blob', part);
}

/** The result of a tool in lines of text; structured content alone is shown as JSON. */
export function resultText(result: unknown): string {
  const { content, structuredContent } = (result ?? {}) as { content?: unknown; structuredContent?: unknown };
  const parts = Array.isArray(content) ? (content as readonly Part[]) : [];
  if (parts.length > 0) return parts.map(partText).join('\n');
  return safeText(JSON.stringify(structuredContent ?? result ?? {}, undefined, 2), WHOLE);
}

/** The parts of a resource. */
export function resourceParts(result: unknown): readonly { readonly text?: string; readonly blob?: string }[] {
  const { contents } = (result ?? {}) as { contents?: unknown };
  return Array.isArray(contents) ? (contents as { text?: string; blob?: string }[]) : [];
}

/** A part of a resource as a terminal may show it. */
export function shownPart(part: unknown): string {
  return partText(part as Part);
}
