// A measurement as one line of JSON: written, read with care, and carried in a link.

export const VERSION = 1;
const LONGEST = 4000;
const HASH = "#line=";
const NETWORK = /^mnv1_(\d(?:\.\d{1,2})?)_(\d{2,3})$/;

export const link = (line, page = location.href) =>
  `${page.split("#")[0]}${HASH}${encodeURIComponent(line)}`;

/** The line in an address, or nothing. */
export function carried(hash = location.hash) {
  if (!hash.startsWith(HASH)) return "";
  try {
    return decodeURIComponent(hash.slice(HASH.length));
  } catch {
    return hash; // cut in the middle of a letter: reading says that it is no JSON
  }
}

/** Whether a number can be a time in milliseconds. */
export const isTime = (value) => typeof value === "number" && value >= 0.001 && value <= 60000;

/** What a line says of a device, checked field by field; throws what is wrong with it. */
export function read(text) {
  if (text.length > LONGEST) throw new Error("it is too long");
  let fields;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new Error("it was cut or changed");
  }
  if (fields?.dwsep !== VERSION) throw new Error("it isn't of this page");
  const network = NETWORK.exec(fields.network);
  if (!network || !["f32", "i8"].includes(fields.type)) throw new Error("its network is unknown");
  if (fields.right !== true) throw new Error("the network's numbers were wrong there");
  if (fields.hidden !== false) throw new Error("the page was in the background there");
  for (const kind of ["dense", "separable"])
    if (!isTime(fields[kind]?.best)) throw new Error(`its ${kind} network has no time`);
  const device = String(fields.device ?? "").replace(/[^\p{L}\p{N} .+()/-]/gu, " ");
  return {
    ...fields,
    width: Number(network[1]),
    resolution: Number(network[2]),
    device: device.replace(/\s+/g, " ").trim().slice(0, 40) || "a phone",
    times: fields.dense.best / fields.separable.best,
  };
}

/** What the browser says it runs on: [device, browser]. Some say little on purpose. */
export async function words(navigator = globalThis.navigator) {
  const data = navigator.userAgentData;
  const more = await data?.getHighEntropyValues?.(["model", "platformVersion"]).catch(() => ({}));
  const agent = navigator.userAgent;
  const [, system] = /\(([^)]*)\)/.exec(agent) ?? [];
  const device = data
    ? [more?.model, data.platform, more?.platformVersion?.replace(/(\.0)+$/, "")]
        .filter(Boolean)
        .join(" ")
    : system?.split(";").slice(0, 2).join(" ");
  const brand =
    data?.brands?.find(({ brand }) => !/not|chromium/i.test(brand)) ??
    data?.brands?.find(({ brand }) => !/not/i.test(brand));
  const [named] = /(Firefox|FxiOS|CriOS|Edg|Chrome|Version)\/[\d.]+/.exec(agent) ?? [];
  const browser = brand
    ? `${brand.brand} ${brand.version}`
    : named?.replace("Version", "Safari").replace("/", " ");
  return [device || "a device", browser || "a browser"].map((text) => text.slice(0, 40));
}
