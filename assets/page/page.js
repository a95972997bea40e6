// @ts-check
/**
 * The script of the page. Everything works without it; with it the page follows the fleet, times move, and forms answer
 * without leaving the screen.
 *
 * @module
 */
import { takeOver } from './morph.js';
import { copyButtons, filterList, moveTimes } from './small.js';

const REST_MS = 150;
const announcer = document.querySelector('#announce');

/**
 * Says something to those who do not see it.
 *
 * @param {string} text
 */
function announce(text) {
  if (announcer !== null) announcer.textContent = text;
}

/** What stands on the screen, and what a look at it shows now. */
let isLooking = false;
let wantsLook = false;

/**
 * Puts a document of this page on the screen; what did not change stays as it is, with focus and typed text.
 *
 * @param {string} text
 */
function show(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  const [main, freshMain] = [document.querySelector('main'), fresh.querySelector('main')];
  if (main === null || freshMain === null) return;
  takeOver(main, freshMain);
  if (document.title !== fresh.title) document.title = fresh.title;
  moveTimes();
  copyButtons();
  filterList();
}

/** Looks at this screen anew. One look at a time: what happens meanwhile asks for one more. */
async function look() {
  if (isLooking) {
    wantsLook = true;
    return;
  }
  isLooking = true;
  try {
    const address = location.href;
    const answer = await fetch(address, { credentials: 'same-origin', headers: { accept: 'text/html' } });
    if (answer.status === 401) location.reload();
    else if (address === location.href && answer.headers.get('content-type')?.startsWith('text/html') === true)
      show(await answer.text());
  } catch {
    // The owner is gone for now; the stream tells when it is back.
  } finally {
    isLooking = false;
    if (wantsLook) {
      wantsLook = false;
      later();
    }
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Looks soon; many events together ask for one look, and never put it off. */
function later() {
  timer ??= setTimeout(() => {
    timer = undefined;
    void look();
  }, REST_MS);
}

let wasLost = false;
/** @type {EventSource | undefined} */
let stream;

/** Follows while the page is seen: browsers open only a few connections to one place, whatever the number of tabs. */
function follow() {
  stream?.close();
  stream = document.hidden ? undefined : new EventSource('/events');
  if (stream !== undefined) listen(stream);
}

/** @param {EventSource} opened */
function listen(opened) {
  opened.addEventListener('open', () => {
    if (wasLost) announce('The page is up to date again.');
    wasLost = false;
    document.body.dataset['live'] = 'yes';
    // Something may have happened since this screen was made.
    later();
  });
  opened.addEventListener('error', () => {
    document.body.dataset['live'] = 'lost';
    if (!wasLost) announce('The connection to Holdfast is lost; what is shown may be old.');
    wasLost = true;
    // A stream that was refused does not come back by itself.
    if (opened.readyState === EventSource.CLOSED) later();
  });
  opened.addEventListener('message', ({ data }) => {
    const { news } = JSON.parse(data);
    if (typeof news === 'string') announce(news);
    later();
  });
}

/**
 * Sends a form and shows where it leads.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
async function send(form, button) {
  if (button?.getAttribute('aria-busy') === 'true') return;
  button?.setAttribute('aria-busy', 'true');
  const fields = new URLSearchParams();
  // As the browser itself would: no field is a file here.
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      credentials: 'same-origin',
      body: fields,
    });
    if (answer.status === 401) {
      location.reload();
      return;
    }
    const anchor = new URL(answer.url).hash;
    if (answer.url !== location.href) history.pushState(null, '', answer.url);
    show(await answer.text());
    const note = document.querySelector('#note');
    if (note !== null) announce(note.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '');
    // The sign-in that was begun is what the person does next.
    const panel = anchor === '' ? null : document.querySelector(anchor);
    if (panel !== null) panel.querySelector('a')?.focus();
  } catch {
    announce('Holdfast could not be reached; nothing was done.');
  } finally {
    button?.removeAttribute('aria-busy');
  }
}

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset['act'] === undefined) return;
  event.preventDefault();
  void send(form, event.submitter);
});
addEventListener('popstate', () => void look());
document.addEventListener('visibilitychange', follow);

moveTimes();
copyButtons();
filterList();
follow();
