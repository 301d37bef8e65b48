// An address as a QR code, for the camera of another device.
import qrcode from "./qrcode.mjs";

/** An SVG element; the letter M asks for codes that can be read with 15 % of them hidden. */
export function drawn(address) {
  const code = qrcode(0, "M");
  code.addData(address);
  code.make();
  const size = code.getModuleCount();
  const squares = [];
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (code.isDark(row, column)) squares.push(`M${column} ${row}h1v1h-1z`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", squares.join(""));
  svg.append(path);
  for (const [name, value] of Object.entries({
    viewBox: `0 0 ${size} ${size}`,
    role: "img",
    "aria-label": `QR code of ${address}`,
    "shape-rendering": "crispEdges",
  }))
    svg.setAttribute(name, value);
  return svg;
}
