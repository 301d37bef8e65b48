// How times are taken and told: fixed inputs, batches, turns, quantiles. Nothing here knows the page.

export const BATCH_MS = 25; // that a batch should take: browsers round their clock to 0.1 ms, some to 1 ms
export const TICKS = 50; // of the clock in a batch at least

/** The numbers of a seed in [−1, 1), the same ones that the builder drew (mulberry32). */
export function numbers(seed, count) {
  const x = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    x[i] = ((t ^ (t >>> 14)) >>> 8) / 8388608 - 1;
  }
  return x;
}

/** How far outputs are off, of the largest; 0 is demanded of eight bits. */
export function off(expected, largest, got) {
  const apart = expected.map((right, i) => Math.abs(Math.fround(right) - got[i]));
  return apart.some(Number.isNaN) ? Infinity : Math.max(...apart) / largest;
}

export const isRight = (type, error, tolerance) =>
  type === "i8" ? error === 0 : error <= tolerance;

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (above - sorted[below]) * (place - below);
}

export const digits = (value, count = 4) => Number(value.toPrecision(count));

/** The smallest step of the clock, in ms. */
export function tick() {
  let least = Infinity;
  for (let tries = 0; tries < 20; tries++) {
    const start = performance.now();
    let now = start;
    while (now === start) now = performance.now();
    least = Math.min(least, now - start);
  }
  return digits(least);
}

/** Best, median and what 9 of 10 batches stay below, in ms for a call. */
export function told({ samples, batch }) {
  const ms = samples.map((sample) => sample.ms);
  return {
    best: digits(Math.min(...ms)),
    median: digits(quantile(ms, 0.5)),
    p90: digits(quantile(ms, 0.9)),
    calls: batch * ms.length,
  };
}

/**
 * Medians of the first and of the last sixth of the time, ten seconds of a minute.
 *
 * On a device that stood still no batch may have begun within one: then the nearest stands for it.
 */
export function warming({ samples }, seconds) {
  const within = (from, to) => samples.filter(({ at }) => at >= from && at < to);
  const median = (part) => digits(quantile(part.map(({ ms }) => ms), 0.5));
  const [first, last] = [within(0, seconds / 6), within((5 * seconds) / 6, Infinity)];
  return {
    first: median(first.length ? first : samples.slice(0, 1)),
    last: median(last.length ? last : samples.slice(-1)),
  };
}

const pause = () => new Promise((done) => setTimeout(done));

/**
 * Time contenders in turns, so that a slow second is slow for all.
 *
 * Each has `run`. Returns by name the samples, `{at: seconds, ms: of a call}`, and calls in a batch.
 * `tell` hears the share that is done; `stopped` throws where somebody cancelled.
 */
export async function inTurns(
  contenders,
  seconds,
  { tell = () => {}, stopped = () => {}, rounds = 5 } = {},
) {
  const shortest = Math.max(BATCH_MS, TICKS * tick());
  const found = {};
  for (const [name, { run }] of Object.entries(contenders)) {
    await run(); // warms up
    const start = performance.now();
    let calls = 0;
    do {
      await run();
      calls++;
    } while (performance.now() - start < shortest / 2);
    const each = Math.max((performance.now() - start) / calls, 0.001);
    found[name] = { batch: Math.ceil(shortest / each), samples: [] };
    stopped();
    await pause();
  }
  const began = performance.now();
  for (let round = 0, at = 0; at < seconds || round < rounds; round++) {
    for (const [name, { run }] of Object.entries(contenders)) {
      const { batch, samples } = found[name];
      const start = performance.now();
      for (let call = 0; call < batch; call++) await run();
      const now = performance.now();
      samples.push({ at: (start - began) / 1000, ms: (now - start) / batch });
      at = (now - began) / 1000;
      tell(Math.min(1, Math.max(at / seconds, 0) || 0));
      await pause();
      stopped();
    }
  }
  return found;
}
