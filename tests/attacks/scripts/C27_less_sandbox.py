"""Opens the operator's policy for writing, and puts a policy and a configuration of its own where they might be taken for
it. Argument: the policy."""
import json
import sys

for name in ("policy.toml", "orchestrator.toml", ".env"):
    open(name, "w").write('version = 1\nallow_isolation = "none"\n')
try:
    open(sys.argv[1], "r+").close()
    outcome = "succeeded"
except OSError as error:
    print(error)
    outcome = "refused"
print(json.dumps({"outcome": outcome}))
