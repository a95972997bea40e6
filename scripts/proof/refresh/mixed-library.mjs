/**
 * A program with the library inside: one fleet of one server, whose tools it calls when its parent says so.
 *
 * @module
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, url] = process.argv.slice(2);
const { createHoldfast } = await import(pathToFileURL(join(dist, 'index.js')).href);
const fleet = await createHoldfast({ servers: { docs: { type: 'http', url } } });

/** What the server echoed, or the error. */
async function echo(text) {
  try {
    const result = await fleet.request('docs', 'tools/call', { name: 'echo', arguments: { text } });
    return result.content[0].text;
  } catch (error) {
    return `${error.code ?? error.name}: ${error.message}`;
  }
}

async function answerAll({ n, texts }) {
  process.send({ n, answers: await Promise.all(texts.map(echo)) });
}

process.on('message', (asked) => void answerAll(asked));
process.send({ ready: true });
