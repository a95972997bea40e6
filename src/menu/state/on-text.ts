/**
 * What is typed or pasted while a field is open: the filter of a list, the address of a sign-in.
 *
 * @module
 */
import { safeLine } from '../../base/safe-text.ts';
import type { Input } from '../terminal/keys-in.ts';
import type { Updated } from './messages.ts';
import { topOf } from './model.ts';
import type { ListScreen, Model, SignInScreen, ToolsScreen } from './model.ts';
import { keep, swap } from './stack.ts';

const LONGEST_FILTER = 60;
/** Longer lines are no addresses. */
const LONGEST_ADDRESS = 32_768;

type Field = { readonly text: string; readonly end?: 'enter' | 'leave' };

/** A line after one more input; `undefined` for a key that is not of the line. */
function typed(text: string, input: Input): Field | undefined {
  if (input.kind === 'paste') return { text: text + input.text.replaceAll(/\p{Cc}/gu, '') };
  switch (input.key) {
    case 'enter':
      return { text, end: 'enter' };
    case 'escape':
    case 'ctrl-c':
      return { text, end: 'leave' };
    case 'backspace':
      return { text: Array.from(text).slice(0, -1).join('') };
    case 'ctrl-u':
      return { text: '' };
    case 'ctrl-w':
      return { text: text.replace(/\S+\s*$/, '') };
    case 'space':
      return { text: `${text} ` };
    default:
      return Array.from(input.key).length === 1 ? { text: text + input.key } : undefined;
  }
}

function onFilter(model: Model, screen: ListScreen | ToolsScreen, input: Input): Updated | undefined {
  const line = typed(screen.filter, input);
  if (line === undefined) return undefined;
  const filter = safeLine(line.text, LONGEST_FILTER) + (line.text.endsWith(' ') ? ' ' : '');
  const end = line.end === undefined ? {} : { typing: false };
  const text = line.end === 'leave' ? '' : filter;
  if (screen.kind === 'tools') return keep(swap(model, { ...screen, filter: text, focus: 0, ...end }));
  return keep(swap(model, { ...screen, filter: text, ...end }));
}

function onAddress(model: Model, screen: SignInScreen, typedSoFar: string, input: Input): Updated | undefined {
  const line = typed(typedSoFar, input);
  if (line === undefined) return keep(model);
  const { typed: _, refused: __, ...plain } = screen;
  if (line.end === 'leave') return keep(swap(model, plain));
  const text = line.text.slice(0, LONGEST_ADDRESS);
  if (line.end === undefined) return keep(swap(model, { ...plain, typed: text }));
  const address = text.trim();
  if (address === '' || screen.waiting === undefined) return keep(swap(model, plain));
  return keep(swap(model, plain), { kind: 'paste', name: screen.name, flow: screen.waiting.flow, text: address });
}

/** Takes the input where a field is open; `undefined` where none is, or the key moves something else. */
export function onText(model: Model, input: Input): Updated | undefined {
  const top = topOf(model);
  if ((top.kind === 'list' || top.kind === 'tools') && top.typing) return onFilter(model, top, input);
  if (top.kind !== 'sign-in') return undefined;
  if (top.typed !== undefined) return onAddress(model, top, top.typed, input);
  // Who pastes while a sign-in waits means its address.
  return input.kind === 'paste' && top.waiting !== undefined && top.waiting.userCode === undefined
    ? onAddress(model, top, '', input)
    : undefined;
}
