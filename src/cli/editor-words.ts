/**
 * A person's editor, and how it is told file and line.
 *
 * @module
 */

/** The editor that the environment names, else the one that is everywhere. */
export function editorOf(env: Readonly<Record<string, string | undefined>>): string {
  return env['VISUAL'] ?? env['EDITOR'] ?? (env['OS'] === 'Windows_NT' ? 'notepad' : 'vi');
}

/** How an editor is told file and line; the editor's own words come first. */
export function editorWords(
  editor: string,
  file: string,
  line: number,
): { readonly command: string; readonly args: readonly string[] } {
  const [command = 'vi', ...own] = editor.trim().split(/\s+/);
  const base = (command.split(/[/\\]/).at(-1) ?? command).replace(/\.(?:exe|cmd)$/i, '');
  if (line < 1) return { command, args: [...own, file] };
  if (/^(?:code|code-insiders|codium|cursor|windsurf)$/.test(base))
    return { command, args: [...own, '--wait', '--goto', `${file}:${line}`].filter(unique) };
  if (/^(?:subl|zed|hx|helix)$/.test(base)) return { command, args: [...own, `${file}:${line}`] };
  if (/^(?:vi|vim|nvim|gvim|nano|pico|emacs|emacsclient|micro|kak|joe|ne|mg|ed)$/.test(base))
    return { command, args: [...own, `+${line}`, file] };
  return { command, args: [...own, file] };
}

const unique = (word: string, at: number, all: readonly string[]): boolean => all.indexOf(word) === at;
