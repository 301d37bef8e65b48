// Asks Pyodide's own core, which ships no packages, what Python can do in it: JSON in, JSON out.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, asked] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide();
python.globals.set("asked", readFileSync(asked, "utf8"));
console.log(python.runPython(`
import importlib, json, os, signal, subprocess, sys, threading

def fails(do):
    try:
        do()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

asked = json.loads(asked)
json.dumps({
    "python": sys.version.split()[0],
    "platform": sys.platform,
    "imports": {name: fails(lambda: importlib.import_module(name)) for name in asked["modules"]},
    "thread": fails(lambda: threading.Thread(target=print).start()),
    "process": fails(lambda: subprocess.run(["true"])),
    "fork": fails(lambda: os.fork()),
    "timers": [name for name in ("alarm", "setitimer") if hasattr(signal, name)],
    "traced": (lambda lines: (sys.settrace(lambda *a: lines.append(a) or None),
                              (lambda: 1)(), sys.settrace(None), len(lines))[-1])([]),
    "profiled": (lambda calls: (sys.setprofile(lambda *a: calls.append(a)),
                                len(""), sys.setprofile(None), len(calls))[-1])([]),
})
`));
