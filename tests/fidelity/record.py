"""Runs the cases and writes `recordings/`. Each run is a process of its own, forked after the imports.

    record.py [--jobs N] [--real] [CASE ...]

Without names all cases; `--real` runs the cases marked `real` against a real port in real time instead.
"""

import argparse
import gc
import json
import multiprocessing
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
FORK = multiprocessing.get_context("fork")
LONGEST_RUN_S = 180


def settled(case, defaults):
    return {**defaults, **case}


def child(pipe, case, seed, real):
    os.environ["TZ"] = "UTC"
    time.tzset()
    sys.stderr = open(os.devnull, "w")
    import drive

    pipe.send(drive.run_real(case, seed) if real else drive.run(case, seed))
    pipe.close()
    os._exit(0)


def run(case, seed, real=False):
    """A run that dies or hangs is an error of the recorder's, never a recording."""
    here, there = FORK.Pipe(duplex=False)
    process = FORK.Process(target=child, args=(there, case, seed, real))
    process.start()
    there.close()
    try:
        if not here.poll(LONGEST_RUN_S):
            process.terminate()
            raise SystemExit(f"{case['name']}, seed {seed}: no end after {LONGEST_RUN_S} s")
        return here.recv()
    except EOFError:
        raise SystemExit(f"{case['name']}, seed {seed}: the run died") from None
    finally:
        process.join()


def lines(items):
    return "[\n" + ",\n".join(json.dumps(item, separators=(",", ":")) for item in items) + "\n]"


def write(path, head, parts):
    """One line a run and one a log entry: small, and readable in a diff."""
    body = ["{"] + [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    body += [",\n".join(f"{json.dumps(key)}: {lines(items)}" for key, items in parts.items()), "}"]
    path.write_text("\n".join(body) + "\n")


def versions():
    from importlib.metadata import version

    return {name: version(name) for name in ("litellm", "openai", "httpx")}


def record(case, jobs, real):
    seeds = list(range(1, case["real_runs" if real else "runs"] + 1))
    with ThreadPoolExecutor(1 if real else jobs) as pool:
        runs = list(pool.map(lambda seed: run(case, seed, real), seeds))
    again = None if real else run(case, seeds[0])
    head = {
        "format": 1,
        "case": case,
        "versions": versions(),
        "clock": "real" if real else "virtual",
        "first_run_repeats": {"numbers": again[0] == runs[0][0], "arrivals": again[1] == runs[0][1]} if again else None,
    }
    parts = {"runs": [{"seed": seed, **one[0]} for seed, one in zip(seeds, runs)], "cooldowns_of_first_run": runs[0][2]}
    if again and again[1] == runs[0][1]:
        parts["arrivals_of_first_run"] = runs[0][1]
    name = f"{case['name']}.real.json" if real else f"{case['name']}.json"
    write(HERE / "recordings" / name, head, parts)
    outcomes = runs[0][0]["outcomes"]
    print(f"{name}: repeats={head['first_run_repeats']} {outcomes} calls={runs[0][0]['calls']}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("cases", nargs="*")
    asked = parser.parse_args()
    book = json.loads((HERE / "cases.json").read_text())
    cases = [settled(case, book["defaults"]) for case in book["cases"]]
    unknown = set(asked.cases) - {case["name"] for case in cases}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    import drive  # noqa: F401  imported once, before the forks

    gc.freeze()
    for case in cases:
        if asked.cases and case["name"] not in asked.cases or asked.real and not case["real_runs"]:
            continue
        record(case, asked.jobs, asked.real)


if __name__ == "__main__":
    main()
