/**
 * The doctor of the owner: every check that needs more than the configuration, side by side, each bounded in time.
 *
 * @module
 */
import type { ExamineAsk, Examiner, Patient } from '../core/doctor.ts';
import type { Finding } from '../core/fleet.ts';
import { isRemote } from '../core/entry.ts';
import { characterFindings } from './characters.ts';
import { clockFindings } from './clock.ts';
import { callbackFindings, commandFinding, helperFinding, signInFindings } from './patient.ts';
import { walk } from './remote.ts';
import {
  certificateFindings,
  folderFindings,
  modeFindings,
  proxyFindings,
  storeFindings,
  webhookFindings,
} from './surroundings.ts';
import type { DoctorWorld } from './world.ts';

interface Seen {
  readonly findings: readonly Finding[];
  readonly aheadMs?: number;
}

async function look(patient: Patient, world: DoctorWorld): Promise<Seen> {
  const { endpoint } = patient.entry;
  if (!isRemote(endpoint)) return { findings: [await commandFinding(patient, endpoint, world)] };
  const way = await walk(endpoint, patient.name, world);
  const helper = endpoint.helper === undefined ? [] : [helperFinding(patient)];
  const signs = patient.snapshot.signIn === 'oauth' || patient.snapshot.offersOAuth;
  const chain =
    signs && way.challenges !== undefined
      ? await signInFindings(patient, { endpoint, challenges: way.challenges }, world)
      : [];
  return {
    findings: [...way.findings, ...helper, ...chain],
    ...(way.aheadMs === undefined ? {} : { aheadMs: way.aheadMs }),
  };
}

async function surroundings(ask: ExamineAsk, world: DoctorWorld): Promise<readonly Finding[]> {
  const all = await Promise.all([
    folderFindings(world),
    modeFindings(ask, world),
    storeFindings(world),
    proxyFindings(world),
    certificateFindings(world),
    webhookFindings(world),
  ]);
  return all.flat();
}

/** The examiner of a process. */
export function createExaminer(world: DoctorWorld): Examiner {
  return async (ask) => {
    const [around, seen, ports] = await Promise.all([
      ask.name === undefined ? surroundings(ask, world) : [],
      Promise.all(ask.patients.map((patient) => look(patient, world))),
      callbackFindings(ask, world),
    ]);
    const times = seen.flatMap(({ aheadMs }) => (aheadMs === undefined ? [] : [aheadMs]));
    return [
      ...around,
      ...characterFindings(ask),
      ...clockFindings(times),
      ...ports,
      ...seen.flatMap(({ findings }) => findings),
    ];
  };
}
