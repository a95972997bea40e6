/**
 * A person who knows nothing: types `holdfast status`, and from then on only what the program printed.
 *
 * @module
 */
import { spawn } from 'node:child_process';

/** More commands than this is no path that anybody would walk. */
const MOST_COMMANDS = 8;

/** Runs one command line of the program and gives what was seen. */
function type(words, { cwd, env, input = '' }) {
  return new Promise((resolve) => {
    const child = spawn('holdfast', words, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let seen = '';
    const hear = (data) => {
      seen += String(data);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.stdin.end(input);
    child.on('error', (error) => resolve({ code: -1, seen: String(error) }));
    child.on('close', (code) => resolve({ code, seen }));
  });
}

/** What a person does in the browser: opens the address and consents. Gives the address on which the browser ends. */
async function consent(url) {
  let at = url;
  for (let hops = 0; hops < 10; hops += 1) {
    const response = await fetch(at, { redirect: 'manual' });
    const next = response.headers.get('location');
    if (next === null) return at;
    at = new URL(next, at).href;
    // Nobody listens there: the browser shows an error, and this address in its bar.
    if (new URL(at).pathname === '/callback') return at;
  }
  throw new Error('the browser goes round in circles');
}

const OPEN = /^\s*Open: (\S+)/m;
const THEN = /\b[Tt]hen: holdfast (.+?)(?: \(.*\))?$/m;
const NEXT = /^(?:Next:\s*)?\s*holdfast (\S+(?: \S+)*?)(?:\s{2,}.*)?$/gm;

/** The command to type after this output, with what to put into it. */
async function nextStep(seen, server, done) {
  const url = OPEN.exec(seen)?.[1];
  const then = THEN.exec(seen)?.[1];
  if (then !== undefined)
    return { words: then.split(' '), ...(url === undefined ? {} : { input: `${await consent(url)}\n` }) };
  const offered = [...seen.matchAll(NEXT)].map((match) => match[1].split(' '));
  const words = offered.find((one) => one.includes(server) && !done.has(one.join(' ')));
  return words === undefined ? undefined : { words };
}

/**
 * From `holdfast status` to `connected`, by printed steps alone. Gives the commands that were typed, how long it took,
 * how many lines were read, and whether the server is connected in the end.
 */
export async function follow(server, { cwd, env }) {
  const began = performance.now();
  const typed = [];
  const done = new Set();
  let lines = 0;
  let step = { words: ['status'] };
  while (step !== undefined && typed.length < MOST_COMMANDS) {
    const { code, seen } = await type(step.words, { cwd, env, input: step.input });
    typed.push({ words: step.words, code });
    done.add(step.words.join(' '));
    lines += seen.split('\n').filter((line) => line.trim() !== '').length;
    if (new RegExp(`^${server}:? +connected`, 'm').test(seen))
      return { connected: true, typed, lines, ms: performance.now() - began };
    step = await nextStep(seen, server, done);
  }
  return { connected: false, typed, lines, ms: performance.now() - began };
}
