/**
 * The same server as a process: `stdio-server.mjs NAME FILE` writes the token of every call that it begins to FILE, and
 * its pid to FILE.pid.
 *
 * @module
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { TOOL, helloOf, work } from './tool.mjs';

const [name, file] = process.argv.slice(2);
writeFileSync(`${file}.pid`, String(process.pid));

const say = (id, body) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...body })}\n`);

async function take({ id, method, params }) {
  if (id === undefined) return;
  if (method === 'initialize') say(id, { result: helloOf(name, params?.protocolVersion) });
  else if (method === 'ping') say(id, { result: {} });
  else if (method === 'tools/list') say(id, { result: { tools: [TOOL] } });
  else if (method === 'tools/call') {
    appendFileSync(file, `${params.arguments.token}\n`);
    say(id, { result: await work(params.arguments) });
  } else say(id, { error: { code: -32601, message: 'Method not found' } });
}

createInterface({ input: process.stdin }).on('line', (line) => void take(JSON.parse(line)));
