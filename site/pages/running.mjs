// A measurement from the first byte to the last batch: fetched, checked, timed. It shows nothing.
import { network, start } from "./engine.mjs";
import { inTurns, isRight, numbers, off } from "./measuring.mjs";

export const KINDS = { dense: "dense twin", separable: "MobileNet" };
const FETCHING = 0.3; // of the progress

/** Fetch the networks, and refuse one whose numbers aren't the course's. */
async function prepared(files, { graphics, tolerance }, signal, got) {
  const ready = {};
  let worst = 0;
  try {
    for (const [name, file] of Object.entries(files)) {
      const one = (ready[name] = await network(file.file, file.input, { graphics, signal, got }));
      signal.throwIfAborted();
      await one.set(
        numbers(
          file.seed,
          file.input.reduce((product, size) => product * size, 1),
        ),
      );
      const [found] = await one.outputs();
      const error = off(file.expected, file.largest, found);
      if (!isRight(file.type, error, tolerance)) throw new Wrong(differs(name, file.type, error));
      worst = Math.max(worst, error);
    }
  } catch (wrong) {
    free(ready);
    throw wrong;
  }
  return [ready, worst];
}

function differs(name, type, error) {
  const by = type === "i8" ? "in some bits" : `by ${error.toExponential(0)} of the largest`;
  return (
    `The ${KINDS[name] ?? `${name} layer`} computes other numbers here than the course’s ` +
    `(they differ ${by}). So no time is shown: it would be that of something else.`
  );
}

/** What keeps a measurement from being shown, in a sentence. */
export class Wrong extends Error {}

const free = (ready) => Object.values(ready).forEach((one) => one.free());

/** Keep the screen on, where a browser lets a page: one that goes dark ends the measurement. */
const awake = async () => navigator.wakeLock?.request("screen").catch(() => null);

/**
 * Fetch the engine and networks, check them, and time them in turns.
 *
 * `wanted` says for how many `seconds`, whether on `graphics`, how exact floats have to be
 * (`tolerance`) and how many bytes come `inAll`. `tell` hears what is done, and which share of it.
 */
export async function measured(files, wanted, signal, tell) {
  let come = 0;
  const got = (bytes) => {
    come += bytes;
    tell(
      "Fetching the engine and the networks …",
      Math.min(FETCHING, (FETCHING * come) / wanted.inAll),
    );
  };
  got(0);
  const build = await start({ got, signal });
  const [ready, error] = await prepared(files, wanted, signal, got);
  const screen = awake(); // not waited for: some browsers ask first
  try {
    const says = `The numbers are right. Measuring for ${wanted.seconds} seconds …`;
    const found = await inTurns(ready, wanted.seconds, {
      tell: (share) => tell(says, FETCHING + (1 - FETCHING) * share),
      stopped: () => signal.throwIfAborted(),
    });
    return { found, build: wanted.graphics ? "WebGPU" : build, error };
  } finally {
    free(ready);
    screen.then((lock) => lock?.release());
  }
}
