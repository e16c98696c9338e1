// A side that only sleeps.
import { setTimeout as sleep } from 'node:timers/promises';
import { serveSteps } from '../harness/step-server.mjs';

await serveSteps(() => ({ name: 'sleeper', detail: '' }), {
  sleep({ milliseconds, first = milliseconds }) {
    let next = first;
    return async () => {
      await sleep(next);
      next = milliseconds;
    };
  },
  warm: () => Object.assign(() => sleep(100), { warm: () => sleep(1) }),
  fail() {
    throw new Error('no such thing');
  },
});
