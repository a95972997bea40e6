/** A server that answers each call with, or says of it, something that is nested very deep, or nothing: what, the call names in `says`. @module */
import { serve } from './mini.mjs';

const DEEP = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;

const SAYINGS = {
  progress: (token) =>
    `"method":"notifications/progress","params":{"progressToken":${JSON.stringify(token)},"progress":1,"message":${DEEP}}`,
  log: () => `"method":"notifications/message","params":{"level":"emergency","data":${DEEP}}`,
  question: () => `"id":1,"method":"elicitation/create","params":{"message":${DEEP}}`,
  news: () => `"method":"notifications/elicitation/complete","params":{"elicitationId":${DEEP}}`,
};

const ANSWERS = {
  error: `"error":{"code":1,"message":"m","data":${DEEP}}`,
  'no result': '"result":null',
  'no error': '"error":null',
  'a text': '"result":"text"',
};

serve({
  'tools/call': ({ arguments: { says }, _meta }) => {
    if (Object.hasOwn(ANSWERS, says)) {
      // In the place of the answer, which comes behind it and is one too many.
      process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(_meta.progressToken)},${ANSWERS[says]}}\n`);
      return {};
    }
    process.stdout.write(`{"jsonrpc":"2.0",${SAYINGS[says](_meta.progressToken)}}\n`);
    return { content: [{ type: 'text', text: says }] };
  },
});
