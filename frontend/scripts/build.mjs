// Builds static/dist/ from frontend/: `npm run build` (or `-- --watch`). Same sources, same bytes: names carry a hash of the content,
// and the manifest records a hash of all sources, so that a test can tell stale assets without Node.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { writeIcons } from "./icons.mjs";

const FRONTEND = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = process.env.CAIRN_DIST ?? join(FRONTEND, "..", "static", "dist");
const SOURCE = /\.(ts|css|mjs|txt)$/;
const PINS = new Set(["package.json", "package-lock.json"]);
const SKIPPED = new Set(["node_modules", "licences"]);
const ENTRIES = {
  app: "app.ts",
  lesson: "lesson.ts",
  roadmap: "roadmap.ts",
  workspace: "workspace/main.ts",
  result: "workspace/result.ts",
  style: "styles/app.css",
  math: "styles/math.css",
  widgets: "styles/parts/widgets.css", // lessons alone load it
};

/** Every file that the result depends on, as sorted paths relative to frontend/. */
function sources(folder = FRONTEND) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sources(path);
      return SOURCE.test(entry.name) || PINS.has(entry.name) ? [relative(FRONTEND, path).split(sep).join("/")] : [];
    })
    .sort();
}

/** SHA-256 over names and contents; tests/pages/test_build.py computes the same. */
function sourcesHash() {
  const hash = createHash("sha256");
  for (const path of sources())
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(FRONTEND, path)))
      .update("\0");
  return hash.digest("hex");
}

/** `import registry from "widgets:registry"`: name of a widget → function that fetches its chunk, one per file of frontend/widgets/. */
const widgets = {
  name: "widgets",
  setup(build) {
    build.onResolve({ filter: /^widgets:registry$/ }, () => ({ path: "registry", namespace: "widgets" }));
    build.onLoad({ filter: /.*/, namespace: "widgets" }, () => {
      const folder = join(FRONTEND, "widgets");
      const files = existsSync(folder)
        ? readdirSync(folder)
            .filter((name) => /^[a-z][\w-]*\.ts$/.test(name))
            .sort()
        : [];
      const rows = files.map((name) => `${JSON.stringify(name.slice(0, -3))}: () => import("./widgets/${name}")`);
      return {
        contents: `export default {${rows.join(",")}};`,
        resolveDir: FRONTEND,
        loader: "js",
        watchDirs: existsSync(folder) ? [folder] : [],
      };
    });
  },
};

/** KaTeX names each font in three formats; every browser that we support reads the first. */
const onlyWoff2 = {
  name: "only-woff2",
  setup(build) {
    build.onLoad({ filter: /katex\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, ""),
      loader: "css",
      resolveDir: dirname(path),
    }));
  },
};

const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length) return;
      writeManifest(result.metafile);
    });
  },
};

function writeManifest(metafile) {
  const assets = {};
  const mounted = {};
  const inside = (path) => relative(DIST, join(FRONTEND, path)).split(sep).join("/");
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    const named = Object.entries(ENTRIES).find(([, source]) => source === entryPoint);
    if (named) assets[named[0] + output.slice(output.lastIndexOf("."))] = inside(output);
    const widget = /^widgets\/([\w-]+)\.ts$/.exec(entryPoint ?? "");
    if (widget) mounted[widget[1]] = inside(output);
    if (output.endsWith(".woff2")) assets[basename(output).replace(/-[A-Z0-9]{8}(?=\.woff2$)/, "")] = inside(output);
  }
  const chunks = Object.fromEntries(
    Object.entries(metafile.outputs)
      .filter(([output]) => /\.(js|css)$/.test(output))
      .map(([output, { imports }]) => [
        inside(output),
        imports
          .filter(({ kind }) => kind === "import-statement")
          .map(({ path }) => inside(path))
          .sort(),
      ])
      .sort(),
  );
  const text = JSON.stringify({ assets: sorted(assets), imports: chunks, sources: sourcesHash(), widgets: sorted(mounted) }, null, 2);
  // Renamed into place, and old files removed only afterwards: a running site never reads half a manifest.
  writeFileSync(join(DIST, "manifest.json.new"), `${text}\n`);
  renameSync(join(DIST, "manifest.json.new"), join(DIST, "manifest.json"));
  const kept = new Set([...Object.keys(metafile.outputs).map(inside), "manifest.json"]);
  for (const path of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const full = join(path.parentPath, path.name);
    const name = relative(DIST, full).split(sep).join("/");
    if (!kept.has(name) && !name.startsWith("licences/")) rmSync(full);
  }
}

function sorted(names) {
  return Object.fromEntries(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
}

writeIcons(FRONTEND);
mkdirSync(DIST, { recursive: true });
cpSync(join(FRONTEND, "fonts", "licences"), join(DIST, "licences"), { recursive: true });
const options = {
  absWorkingDir: FRONTEND,
  entryPoints: Object.entries(ENTRIES)
    .filter(([, source]) => existsSync(join(FRONTEND, source)))
    .map(([out, source]) => ({ in: source, out })),
  outdir: DIST,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"], // the first with light-dark()
  minify: true,
  legalComments: "none",
  metafile: true,
  entryNames: "[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file" },
  plugins: [widgets, onlyWoff2, manifest],
  logLevel: "info",
};
if (process.argv.includes("--watch")) await (await esbuild.context(options)).watch();
else await esbuild.build(options);
