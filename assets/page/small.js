// @ts-check
/**
 * Small comforts: times that move, a list that is filtered while a person types, addresses that can be copied.
 *
 * @module
 */

/**
 * The same words as the server's.
 *
 * @param {number} ms
 */
function spanWords(ms) {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Lets every time on the screen say what it is now. */
export function moveTimes() {
  const now = Date.now();
  for (const time of document.querySelectorAll('time[data-ago], time[data-until]')) {
    const at = Date.parse(time.getAttribute('datetime') ?? '');
    const isAhead = time.hasAttribute('data-until');
    const ms = isAhead ? at - now : now - at;
    const near = isAhead ? 'now' : 'just now';
    const words = spanWords(isAhead ? Math.ceil(ms / 1_000) * 1_000 : ms);
    const text = ms < (isAhead ? 1 : 1_000) ? near : isAhead ? `in ${words}` : `${words} ago`;
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(moveTimes, 1_000);

/** Shows the button that copies an address; without the script it would do nothing. */
export function copyButtons() {
  for (const button of document.querySelectorAll('button[data-copy]')) button.removeAttribute('hidden');
}

document.addEventListener('click', (event) => {
  const button = /** @type {Element} */ (event.target).closest('button[data-copy]');
  const text = document.querySelector(`#${button?.getAttribute('data-copy') ?? 'nothing'}`)?.textContent;
  if (button === null || button === undefined || typeof text !== 'string') return;
  void copy(text.trim(), button);
});

/**
 * @param {string} text
 * @param {Element} button
 */
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Copy it by hand';
  }
}

const form = document.querySelector('form[data-filter]');

/** @returns {string} What a person looks for. */
function wanted() {
  const typed = form instanceof HTMLFormElement ? new FormData(form).get('find') : null;
  return typeof typed === 'string' ? typed.trim().toLowerCase() : '';
}

/** Hides the servers that the typed text is not in; the address is the same as without the script. */
export function filterList() {
  const text = wanted();
  for (const server of document.querySelectorAll('.server'))
    server.toggleAttribute('hidden', !(server.getAttribute('data-find') ?? '').includes(text));
  for (const group of document.querySelectorAll('.group'))
    group.toggleAttribute('hidden', group.querySelector('.server:not([hidden])') === null);
}

form?.addEventListener('input', filterList);
// A choice is made with one movement; a text is sent by Enter or by the button.
form?.addEventListener('change', (event) => {
  if (form instanceof HTMLFormElement && event.target instanceof HTMLSelectElement) form.requestSubmit();
});
