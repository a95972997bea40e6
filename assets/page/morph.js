// @ts-check
/**
 * Makes one piece of a document equal to another, and touches only what differs: focus, typed text, open details and the
 * place to which a person has scrolled stay as they are.
 *
 * @module
 */

/** State of the person, not of the server. */
const KEPT = new Set(['open', 'value', 'checked', 'aria-busy']);

/**
 * Nodes that stand for the same thing.
 *
 * @param {Node} one
 * @param {Node} other
 */
function isSame(one, other) {
  if (one.nodeType !== other.nodeType || one.nodeName !== other.nodeName) return false;
  return !(one instanceof Element && other instanceof Element) || one.id === other.id;
}

/**
 * @param {Element} old
 * @param {Element} fresh
 */
function takeAttributes(old, fresh) {
  // Copies: both lists live.
  for (const { name } of Array.from(old.attributes))
    if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
  for (const { name, value } of Array.from(fresh.attributes))
    if (!KEPT.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/**
 * The old node that a fresh one may take over: one of the same id wherever it stands, else the next one of its kind.
 *
 * @param {Node} fresh
 * @param {Node | null} at
 * @param {Element} parent
 */
function partnerOf(fresh, at, parent) {
  if (fresh instanceof Element && fresh.id !== '')
    return [...parent.children].find((child) => child.id === fresh.id && child.nodeName === fresh.nodeName);
  return at !== null && isSame(at, fresh) ? at : undefined;
}

/**
 * @param {Node} old
 * @param {Node} fresh
 */
function takeNode(old, fresh) {
  if (old instanceof Element && fresh instanceof Element) {
    if (old.isEqualNode(fresh)) return;
    // A hidden field carries no typing of a person.
    if (old instanceof HTMLInputElement && fresh instanceof HTMLInputElement && old.type === 'hidden')
      old.value = fresh.value;
    takeOver(old, fresh);
  } else if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
}

/**
 * @param {Element} old
 * @param {Element} fresh
 */
export function takeOver(old, fresh) {
  takeAttributes(old, fresh);
  const isAtEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 8;
  let at = old.firstChild;
  for (const child of Array.from(fresh.childNodes)) {
    const partner = partnerOf(child, at, old);
    if (partner === undefined) {
      old.insertBefore(child, at);
      continue;
    }
    if (partner === at) at = at.nextSibling;
    // A node that is moved loses the focus, so only what stands elsewhere is moved.
    else old.insertBefore(partner, at);
    takeNode(partner, child);
  }
  while (at !== null) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
  if (isAtEnd && old.hasAttribute('data-tail')) old.scrollTop = old.scrollHeight;
}
