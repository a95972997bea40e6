/**
 * Requirements of the doctor: every check finds what it is for, and nothing that it writes lets anybody in.
 *
 * @module
 */
import { CHECKS } from '../../../src/core/doctor-checks.ts';
import type { Requirement } from './requirement.ts';

const SOURCE = 'issue: doctor';

export const REQUIREMENTS: readonly Requirement[] = [
  ...Object.entries(CHECKS).map(([check, what]) => ({
    id: `doctor.${check}`,
    source: SOURCE,
    behaviour: `doctor looks at ${what}, and finds what is wrong there.`,
  })),
  { id: 'doctor.remedy', source: SOURCE, behaviour: 'Every finding that is not ok names one remedy.' },
  {
    id: 'doctor.bundle',
    source: `${SOURCE}; docs/explanation/behaviour.md §11`,
    behaviour: 'The bundle is a new file of the owner alone, and no secret that anybody configured is in it.',
  },
  { id: 'doctor.schema', source: SOURCE, behaviour: 'doctor --json prints one doctor/v1 record as its schema says.' },
];
