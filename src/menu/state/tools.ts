/**
 * Which tools the list of tools shows.
 *
 * @module
 */
import { toolOf } from './tool-facts.ts';
import type { ToolFacts } from './tool-facts.ts';
import type { Model, ToolsScreen } from './model.ts';

/** Every word of the filter is in the name or the description. */
export function shownTools({ facts }: Model, { name, filter }: ToolsScreen): readonly ToolFacts[] {
  const tools = (facts.get(name)?.lists?.tools ?? []).map(toolOf);
  const wanted = filter.toLowerCase().split(/\s+/);
  if (filter === '') return tools;
  return tools.filter((tool) => {
    const text = `${tool.name} ${tool.description}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
