import type { TeacherForcingSchedule } from '../../architecture/architecture';

/** The share of an epoch, counted from 1. */
export function teacherForcingAt(given: number | TeacherForcingSchedule, epoch: number): number {
  if (typeof given === 'number') return given;
  const { from, to, epochs } = given;
  const done = epoch - 1;
  return done >= epochs ? to : from + (to - from) * (done / epochs);
}
