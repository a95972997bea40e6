/**
 * `npm run proof:kill`: kill -9 at 300 random moments of a redemption, three times: with 10 s of grace, without grace, and
 * without grace where a detached process redeems.
 *
 * @module
 */
import { kill } from './refresh/kill.mjs';
import { runProof } from './refresh/world.mjs';

const CASES = [
  { graceMs: 10_000, mode: 'library' },
  { graceMs: 0, mode: 'library' },
  { graceMs: 0, mode: 'command' },
];

await runProof('kill', async ({ dist, isQuick }) => {
  const figures = {};
  const violations = [];
  for (const about of CASES) {
    const run = await kill({ dist, blows: isQuick ? 20 : 300, ...about });
    for (const [what, figure] of Object.entries(run.figures))
      figures[`${about.mode}, ${about.graceMs}: ${what}`] = figure;
    violations.push(...run.violations);
  }
  return { figures, violations };
});
