/**
 * The upstream of the benchmark over stdio. It costs as little as it can, whoever asks it: what has arrived together is
 * answered together.
 *
 * @module
 */
import { answerTo } from './answers.mjs';

const LINE_FEED = 10;

/** The beginning of a line that has not ended. */
let parts = [];

process.stdin.on('data', (bytes) => {
  const last = bytes.lastIndexOf(LINE_FEED) + 1;
  if (last === 0) {
    parts.push(bytes);
    return;
  }
  const text =
    parts.length === 0
      ? bytes.toString('utf8', 0, last)
      : Buffer.concat([...parts, bytes.subarray(0, last)]).toString();
  parts = last === bytes.length ? [] : [bytes.subarray(last)];
  let answers = '';
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const answer = end === from ? undefined : answerTo(JSON.parse(text.slice(from, end)));
    if (answer !== undefined) answers += `${JSON.stringify(answer)}\n`;
    from = end + 1;
  }
  if (answers !== '') process.stdout.write(answers);
});
process.stdin.on('end', () => process.exit());
