/**
 * The upstream of the benchmark over stdio.
 *
 * @module
 */
import { answerTo } from './answers.mjs';

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop();
  for (const line of lines) {
    if (line === '') continue;
    const answer = answerTo(JSON.parse(line));
    if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
});
process.stdin.on('end', () => process.exit());
