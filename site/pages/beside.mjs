// One's own ratio beside those of others: bars, by network.
import { $, bars, make, short } from "./page.mjs";

const TYPES = { f32: "float32", i8: "int8" };

export const called = ({ width, resolution }) => `α = ${width}, ${resolution}×${resolution}`;

/** Which network, in words. */
export function describe({ network, type }) {
  const [, width, resolution] = network.split("_");
  return `${called({ width: Number(width), resolution })}, ${TYPES[type]}`;
}

/** Who computed, where it wasn't the processor. */
export const by = ({ build }) => (build === "WebGPU" ? ", by WebGPU" : "");

/** Draw how many times as fast MobileNet is: here, as shared, as recorded, and by the MACs. */
export function drawBeside({ own, shared, recorded, macs }) {
  const of = own ?? shared;
  const rows = recorded.bars.map(({ says, times, ...bar }) => ({
    ...bar,
    name: says,
    value: times,
  }));
  if (shared)
    rows.unshift({
      ...shared,
      name: `${shared.device}${by(shared)}, shared with you`,
      value: shared.times,
      kind: "shared",
    });
  if (own?.native)
    rows.unshift({
      ...own,
      name: `here, by ${own.native.tool}${own.native.threads > 1 ? `, ${own.native.threads} threads` : ""}`,
      value: own.native.dense / own.native.separable,
      kind: "here",
    });
  if (own)
    rows.unshift({
      ...own,
      name: `here${by(own)}`,
      value: own.dense.best / own.separable.best,
      kind: "here",
    });
  if (macs)
    rows.unshift({
      ...of,
      name: "what the MACs promise",
      value: macs,
      kind: "macs",
    });
  const most = Math.max(...rows.map(({ value }) => value));
  const group = ([first, ...others]) => [
    make("h3", {}, describe(first)),
    bars(
      [first, ...others].map((bar) => ({ ...bar, says: `${short(bar.value)} times` })),
      most,
    ),
  ];
  const groups = [...new Set(rows.map(describe))].map((name) =>
    rows.filter((bar) => describe(bar) === name),
  );
  const sized = (same) =>
    groups.filter(([bar]) => (bar.network === of.network) === same).flatMap(group);
  $("bars").replaceChildren(
    make("p", { class: "quiet" }, "How many times as fast MobileNet is as its dense twin:"),
    ...sized(true),
    make("details", {}, make("summary", {}, "Other widths and images"), ...sized(false)),
  );
  $("sources").replaceChildren(
    ...[...new Set(recorded.bars.map(({ source }) => source))].map((source) =>
      make("li", {}, source),
    ),
  );
}
