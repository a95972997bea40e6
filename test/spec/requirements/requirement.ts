/**
 * The form of one requirement: tests cite its id in square brackets, and an id nobody cites is red.
 *
 * @module
 */

/** One thing the product must do. */
export interface Requirement {
  /** `area.name`, lower case with hyphens. */
  readonly id: string;
  /** Where it comes from: a section of our documents or of the issue that asked for it, an RFC, or a section of the MCP specification. */
  readonly source: string;
  /** What must be seen, in one sentence. */
  readonly behaviour: string;
}
