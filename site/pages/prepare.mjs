// A picture as EfficientNet-Lite0 takes it: the middle square, scaled as Pillow does, (byte − 127) / 128.
// Pillow's bicubic filter and its fixed-point sums are repeated, so that the same bytes come out.

const A = -0.5; // of the bicubic filter
const BITS = 22; // of a weight's fraction

function cubic(x) {
  x = Math.abs(x);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

/** For each output: where its inputs begin, and their weights as whole numbers. */
function weights(inputs, outputs) {
  const scale = inputs / outputs;
  const stretch = Math.max(scale, 1); // shrinking, the filter is widened: no pixel is left out
  return Array.from({ length: outputs }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5));
    const last = Math.min(inputs, Math.trunc(centre + 2 * stretch + 0.5));
    const shares = Array.from({ length: last - first }, (_, k) =>
      cubic((k + first - centre + 0.5) * (1 / stretch)),
    );
    const sum = shares.reduce((a, b) => a + b, 0);
    return {
      first,
      shares: shares.map((share) => Math.trunc((share / sum) * 2 ** BITS + Math.sign(share) * 0.5)),
    };
  });
}

/** Scale a square of RGBA bytes to size×size RGB bytes: along the rows, then along the columns. */
export function scaled(pixels, side, size) {
  const whole = (sum) => Math.min(255, Math.max(0, Math.floor(sum / 2 ** BITS)));
  const parts = weights(side, size);
  const narrow = new Uint8Array(side * size * 3);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < size; x++)
      for (let channel = 0; channel < 3; channel++) {
        const { first, shares } = parts[x];
        let sum = 2 ** (BITS - 1);
        for (let k = 0; k < shares.length; k++)
          sum += pixels[4 * (y * side + first + k) + channel] * shares[k];
        narrow[3 * (y * size + x) + channel] = whole(sum);
      }
  const found = new Uint8Array(size * size * 3);
  const row = 3 * size;
  for (let y = 0; y < size; y++) {
    const { first, shares } = parts[y];
    for (let x = 0; x < row; x++) {
      let sum = 2 ** (BITS - 1);
      for (let k = 0; k < shares.length; k++) sum += narrow[(first + k) * row + x] * shares[k];
      found[y * row + x] = whole(sum);
    }
  }
  return found;
}

/** The middle square that Python's `prepare` cuts out: its left, top and side. */
export function middle(width, height, share) {
  const side = Math.max(1, Math.floor(share * Math.min(width, height)));
  return {
    left: Math.floor((width - side + 1) / 2),
    top: Math.floor((height - side + 1) / 2),
    side,
  };
}

/** RGB bytes as the network's input. */
export function input(bytes, { mean, std }) {
  return Float32Array.from(bytes, (byte) => (byte - mean) / std);
}

const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });

/** The bytes size×size×3 of an image, a bitmap or a video's frame. */
export function cut(source, width, height, { side: share, size }) {
  const { left, top, side } = middle(width, height, share);
  canvas.width = canvas.height = side;
  context.drawImage(source, left, top, side, side, 0, 0, side, side);
  return scaled(context.getImageData(0, 0, side, side).data, side, size);
}

/** The bytes of a picture that is size×size already: nothing is cut or scaled. */
export function asItIs(source, size) {
  canvas.width = canvas.height = size;
  context.drawImage(source, 0, 0);
  const { data } = context.getImageData(0, 0, size, size);
  return Uint8Array.from(
    { length: 3 * size * size },
    (_, i) => data[4 * Math.floor(i / 3) + (i % 3)],
  );
}
