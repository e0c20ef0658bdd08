"""Holds kmsaudit to what OPA's own tools find with the same rules on the same facts.

Usage: agree.py KMSAUDIT OPA CONFTEST SNAPSHOT CONFIG

For every rule that kmsaudit runs, the findings of `kmsaudit check`, of `opa eval` and of
`conftest test` must be the same: resource, statement, about, place and message. From opa, which
tells the other two sets as well, the numbers of passes and unknowns must be the same too. So it
must be when half of what AWS said is refused.
"""

import collections
import itertools
import json
import os
import subprocess
import sys
import tempfile

REGO = "rules/rego"


def main(kmsaudit, opa, conftest, snapshot, config):
    catalogue = json.loads(run([kmsaudit, "rules", "list", "-f", "json"]))
    package = {rule["id"]: rule["package"].removeprefix("data.") for rule in catalogue}
    with open(snapshot, encoding="utf-8") as file:
        account = json.load(file)
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, variant in {
            "as it is": account,
            "even readings refused": refused(account, itertools.cycle([True, False])),
            "odd readings refused": refused(account, itertools.cycle([False, True])),
        }.items():
            path = os.path.join(folder, "snapshot.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(variant, file)
            counts, wrong = compare(kmsaudit, opa, conftest, path, config, package)
            if name == "as it is" and not counts["findings"] or name != "as it is" and not counts["unknowns"]:
                wrong.append("nothing to compare")
            for line in wrong:
                print(f"{name}: {line}", file=sys.stderr)
                status = 1
            print(f"{name}: {', '.join(f'{n} {what}' for what, n in counts.items())}")
    return status


def refused(node, turns):
    """Copies a snapshot with the readings refused whose turn it is."""
    if isinstance(node, list):
        return [refused(child, turns) for child in node]
    if not isinstance(node, dict):
        return node
    if node.get("state") == "ok" and "value" in node and next(turns):
        return {"state": "denied", "operation": "kms:GetKeyPolicy", "code": "AccessDeniedException"}
    return {name: refused(child, turns) for name, child in node.items()}


def compare(kmsaudit, opa, conftest, snapshot, config, package):
    facts = snapshot.removesuffix(".json") + ".facts.json"
    with open(facts, "w", encoding="utf-8") as file:
        file.write(run([kmsaudit, "facts", snapshot, "-c", config]))
    results = json.loads(run([kmsaudit, "check", "--fail-on", "none", "-f", "json", snapshot, "-c", config]))
    evaluated = from_opa(run([
        opa, "eval", "-d", REGO, "--ignore", "*.json", "--ignore", "*_test.rego", "-i", facts,
        "--strict-builtin-errors", "-f", "json", "data.kmsaudit",
    ]))
    tested = from_conftest(run(
        [conftest, "test", "-p", REGO, "--all-namespaces", "--no-color", "-o", "json", facts], also=1,
    ))

    ours = collections.defaultdict(collections.Counter)
    for finding in results["findings"]:
        ours[package[finding["rule"]]][key(finding, finding["place"]["pointer"])] += 1
    unknown = collections.Counter(package[entry["rule"]] for entry in results["unknown"])

    wrong = []
    for rule in results["rules"]:
        name = package[rule["id"]]
        if name not in evaluated:
            wrong.append(f"{rule['id']}: opa eval knows no package {name}")
            continue
        sets = evaluated[name]
        wrong += differences(rule["id"], "opa eval", ours[name], sets["deny"])
        wrong += differences(rule["id"], "conftest", ours[name], tested[name])
        for what, mine, theirs in (("passes", rule["passed"], sets["passed"]), ("unknowns", unknown[name], sets["unknown"])):
            if mine != theirs:
                wrong.append(f"{rule['id']}: kmsaudit counts {mine} {what}, opa eval {theirs}")
    counts = {"rules": len(results["rules"]), "findings": len(results["findings"]), "unknowns": len(results["unknown"])}
    return counts, wrong


def run(command, also=0):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, also):
        sys.exit(f"{' '.join(command)} exited {done.returncode}\n{done.stdout[:4000]}")
    return done.stdout


def key(finding, place):
    about = tuple(sorted((finding.get("about") or {}).items()))
    return finding["resource"], finding.get("statement") or "", about, place, finding["msg"]


def from_opa(text):
    """Reads the three sets of each package out of the tree of data.kmsaudit."""
    rules = {}

    def walk(path, node):
        if isinstance(node, dict) and {"subjects", "deny", "unknown"} <= node.keys():
            denied = {f.get("subject") or f["resource"] for f in node["deny"]}
            unknown = {u.get("subject") or u["resource"] for u in node["unknown"]} - denied
            rules[path] = {
                "deny": collections.Counter(key(f, f["place"]) for f in node["deny"]),
                "unknown": len(unknown),
                "passed": len(set(node["subjects"]) - denied - unknown),
            }
        elif isinstance(node, dict):
            for name, child in node.items():
                walk(f"{path}.{name}", child)

    for result in json.loads(text).get("result", []):
        for expression in result["expressions"]:
            walk("kmsaudit", expression["value"])
    return rules


def from_conftest(text):
    found = collections.defaultdict(collections.Counter)
    for check in json.loads(text):
        for failure in check.get("failures") or []:
            finding = {"msg": failure["msg"], **failure["metadata"]}
            found[check["namespace"]][key(finding, finding["place"])] += 1
    return found


def differences(rule, tool, ours, theirs):
    return [
        f"{rule}: only {who} finds ({count}×): {json.dumps(finding, ensure_ascii=False)}"
        for who, more in (("kmsaudit", ours - theirs), (tool, theirs - ours))
        for finding, count in more.items()
    ]


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
