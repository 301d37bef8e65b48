// LiteRT in the page. The engine and the networks lie beside the page, gzipped; nothing else is asked.
import { loadAndCompile, loadLiteRt, supportsFeature, Tensor } from "../litert/core.js";

const LITERT = new URL("../litert/", import.meta.url);
export const MODELS = new URL("../models/", import.meta.url);

/** Fetch a file and unpack it. `got` is told how many bytes have come each time some did. */
export async function fetched(address, { got = () => {}, signal } = {}) {
  const answer = await fetch(address, { signal });
  const name = new URL(address).pathname.split("/").pop();
  if (!answer.ok) throw new Error(`${name} could not be fetched: the server says ${answer.status}`);
  const parts = [];
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    got(part.value.length);
  }
  const whole = new Blob(parts);
  const [first, second] = new Uint8Array(await whole.slice(0, 2).arrayBuffer());
  const packed = first === 0x1f && second === 0x8b; // some servers unpack .gz files by themselves
  const content = packed ? whole.stream().pipeThrough(new DecompressionStream("gzip")) : whole;
  return new Uint8Array(await new Response(content).arrayBuffer());
}

export const read = async (name, how) =>
  JSON.parse(new TextDecoder().decode(await fetched(new URL(name, MODELS), how)));

let started;

/** Start the engine, once. Returns the build's name: which vector instructions it has. */
export function start(how) {
  started ??= begin(how).catch((wrong) => {
    started = undefined;
    throw wrong;
  });
  return started;
}

async function begin(how) {
  const relaxed = await supportsFeature("relaxedSimd");
  const file = relaxed ? "litert_wasm_internal" : "litert_wasm_compat_internal";
  const wasmBinary = (await fetched(new URL(`${file}.wasm.gz`, LITERT), how)).buffer;
  // LiteRT reports on standard error even what is in order.
  globalThis.Module = { wasmBinary, print: () => {}, printErr: () => {} };
  await loadLiteRt(new URL(`${file}.js`, LITERT).href);
  return relaxed ? "relaxed SIMD" : "SIMD";
}

/** A network, ready to run: `run` waits until the result is there, `outputs` brings it back. */
export async function network(file, shape, { graphics = false, ...how } = {}) {
  const content = await fetched(new URL(file, MODELS), how);
  const accelerator = graphics ? "webgpu" : "wasm";
  const model = await loadAndCompile(content, { accelerator, gpuOptions: { precision: "fp32" } });
  if (graphics && !(model.isFullyAccelerated && model.options.accelerator === "webgpu")) {
    model.delete();
    throw new Error("the graphics processor can't compute all of this network");
  }
  let input;
  const set = async (numbers) => {
    input?.delete();
    input = new Tensor(numbers, shape);
    if (graphics) input = await input.moveTo("webgpu");
  };
  const results = async () => {
    const outputs = await model.run(input);
    return graphics ? Promise.all(outputs.map((y) => y.moveTo("wasm"))) : outputs; // which waits for them
  };
  return {
    set,
    run: async () => (await results()).forEach((y) => y.delete()),
    outputs: async () =>
      (await results()).map((y) => {
        const numbers = y.toTypedArray().slice();
        y.delete();
        return numbers;
      }),
    free: () => {
      input?.delete();
      model.delete();
    },
  };
}
