// Writes common/icons.py from the lucide files that frontend/icons.txt names, so that templates inline them without a request.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HEAD = `"""Drawings of the icons that pages use (lucide, ISC licence): written by \`make assets\` from frontend/icons.txt, not by hand."""

# ruff: noqa: E501

ICONS: dict[str, str] = {
`;

export function writeIcons(frontend) {
  const names = readFileSync(join(frontend, "icons.txt"), "utf8").split(/\s+/).filter(Boolean).sort();
  const rows = names.map((name) => {
    const svg = readFileSync(join(frontend, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)[1];
    const drawing = body
      .replace(/\s+/g, " ")
      .replace(/\s*\/>\s*/g, "/>")
      .trim();
    return `    "${name}": '${drawing}',\n`;
  });
  const path = process.env.CAIRN_ICONS ?? join(frontend, "..", "common", "icons.py");
  const text = `${HEAD}${rows.join("")}}\n`;
  if (read(path) !== text) writeFileSync(path, text);
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
