/**
 * The commands in a piece of shell text: enough of a shell to find what a reader of the documentation would type.
 *
 * @module
 */

const QUOTED = /'[^']*'|"(?:\\.|[^"\\])*"|\\.|\$\([^)]*\)|\$\{[^}]*\}/y;
const SEPARATOR = /&&|\|\||[|;&\n(){}]/y;
const KEYWORD = /^(?:if|then|else|elif|fi|do|done|while|case|esac|!|\{|\}|exit|export|set)$/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const plain = (quoted: string): string => {
  if (/^['"]/.test(quoted)) return quoted.slice(1, -1);
  return quoted.startsWith('\\') ? quoted.slice(1) : quoted;
};

/** Every command of the text, each as its words. Comments, redirections, assignments before a command and words of the shell itself are left out. */
export function commandsIn(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  const source = text.replaceAll('\\\n', ' ');
  for (let at = 0; at < source.length; at += 1) {
    const quoted = matchAt(QUOTED, source, at);
    const separator = quoted === undefined ? matchAt(SEPARATOR, source, at) : undefined;
    const character = source[at] ?? '';
    if (quoted !== undefined) {
      word = (word ?? '') + plain(quoted);
      at += quoted.length - 1;
    } else if (character === '#' && word === undefined) at = (source.indexOf('\n', at) + 1 || source.length + 1) - 2;
    else if (separator !== undefined) {
      endCommand();
      at += separator.length - 1;
    } else if (/\s/.test(character)) endWord();
    else word = (word ?? '') + character;
  }
  endCommand();
  return commands.map(withoutShell).filter((command) => command.length > 0);
}

function withoutShell(words: readonly string[]): readonly string[] {
  const redirect = words.findIndex((word) => /^\d?[<>]/.test(word));
  const own = redirect < 0 ? words : words.slice(0, redirect);
  const first = own.findIndex((word) => !KEYWORD.test(word) && !ASSIGNMENT.test(word));
  return first < 0 ? [] : own.slice(first);
}

/** The fenced blocks of a page in these languages, with the name of a recipe that stands before them. */
export function blocksOf(
  markdown: string,
  languages: readonly string[],
): readonly { readonly text: string; readonly recipe?: string }[] {
  const pattern = /(?:<!-- recipe: (\S+) -->\s*)?```(\w+)\n([\s\S]*?)```/g;
  return [...markdown.matchAll(pattern)]
    .filter((match) => languages.includes(match[2] ?? ''))
    .map((match) => ({ text: match[3] ?? '', ...(match[1] === undefined ? {} : { recipe: match[1] }) }));
}
