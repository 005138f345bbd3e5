#!/bin/sh
# Records again what the real Router does: a virtual environment of its own under target/, then record.py.
# Needs Python 3.11 and a package index. Arguments go to record.py. Not run in CI.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/../../target/fidelity-venv"
[ -x "$venv/bin/python" ] || "${PYTHON:-python3.11}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --no-deps --requirement "$here/requirements.txt"
mkdir -p "$here/recordings"
TZ=UTC PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$here/record.py" "$@"
