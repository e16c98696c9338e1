# What .ci/run and .ci/long share: steps that are counted, each with its time; the last line is "<n> passed, <n> failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

passed=0
failed=0
report=$(mktemp)
summary() {
  local status=$?
  rm -f "$report"
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  echo "== $SECONDS s in all"
  echo "$passed passed, $failed failed"
  if [ "$failed" -ne 0 ]; then exit 1; fi
}
trap summary EXIT

# Each step counts as one; a failing one does not keep the others from being run.
step() {
  local begin=$SECONDS
  echo "== $*"
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "== failed: $*"
  fi
  echo "== $((SECONDS - begin)) s"
}

# The tests of Jest count one by one.
tests() {
  local begin=$SECONDS
  echo "== $*"
  : >"$report"
  "$@" --silent -- --ci --json --outputFile="$report" </dev/null || true
  local counts
  counts=$(node -e '
    const fs = require("node:fs");
    const text = fs.readFileSync(process.argv[1], "utf8");
    const r = text ? JSON.parse(text) : { numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 };
    console.log(r.numPassedTests, r.numFailedTests + r.numRuntimeErrorTestSuites);
  ' "$report")
  read -r tests_passed tests_failed <<<"$counts"
  passed=$((passed + tests_passed))
  failed=$((failed + tests_failed))
  echo "== $((SECONDS - begin)) s"
}

npm ci --no-audit --no-fund </dev/null
