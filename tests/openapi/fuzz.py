#!/usr/bin/env python3
"""Has schemathesis make up requests as a stranger, as somebody of every role and as a till, each at the routes that are open
to them. Nothing may answer a status or a body that is not described, an error of ours, or take what the description refuses.

    fuzz.py http://127.0.0.1:3216 openapi.json

EPASS_FUZZ_SEED makes up other requests; EPASS_FUZZ_SECONDS gives each caller more time than a run of the tests does.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SITE, DESCRIPTION = sys.argv[1], Path(sys.argv[2])
PASSWORD = "Demo2026"
SEED = os.environ.get("EPASS_FUZZ_SEED", "2026")
# For each of the six; with what starting takes, two minutes in all.
SECONDS = int(os.environ.get("EPASS_FUZZ_SECONDS", "10"))
ENDS_SECONDS = 12 * SECONDS
# Left out: positive_data_acceptance. A schema cannot say that a SIRET has its check digit or a wallet its money, so much of
# what fits the schema is refused, at its field.
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
]


def post(path: str, body: dict[str, str], token: str | None = None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(SITE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def part(described: dict, is_open) -> dict:
    """The description with the operations that are open; signing out would end the session that asks."""
    paths = {}
    for path, item in described["paths"].items():
        own = {method: operation for method, operation in item.items() if is_open(operation) and path != "/deconnexion"}
        if own:
            paths[path] = own
    return {**described, "paths": paths}


def opens_to(word: str):
    def is_open(operation: dict) -> bool:
        says = operation["description"].rsplit("Open to", 1)[1]
        return bool(operation["security"]) and word in says

    return is_open


def main() -> int:
    described = json.loads(DESCRIPTION.read_text())
    sign_ins = {"partner": "partenaire", "beneficiary": "jeune", "establishment": "etablissement", "team": "equipe"}
    callers = {"a stranger": (None, lambda operation: operation["security"] == [])}
    for role, identifier in sign_ins.items():
        token = post("/connexion", {"identifier": identifier, "password": PASSWORD})["token"]
        callers[role] = (token, opens_to(role))
        if role == "partner":
            key = post("/dossier/caisse", {"till": "Caisse d’essai"}, token)["key"]
            callers["a till"] = (key, opens_to("tills"))
    failed = []
    ends = time.monotonic() + ENDS_SECONDS
    with tempfile.TemporaryDirectory() as folder:
        for name, (token, is_open) in callers.items():
            own = part(described, is_open)
            file = Path(folder) / "openapi.json"
            file.write_text(json.dumps(own))
            print(f"  {name}: {len(own['paths'])} paths", flush=True)
            command = [Path(sys.executable).absolute().with_name("schemathesis"), "run", file, "--url", SITE]
            command += ["--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"]
            command += ["--max-time", str(SECONDS), "--max-examples", str(SECONDS), "--seed", SEED, "--workers", "2"]
            command += ["--max-redirects", "0", "--continue-on-failure", "--header", "Accept:application/json"]
            command += ["--suppress-health-check", "all", "--warnings", "off"]
            if token:
                command += ["--header", f"Authorization:Bearer {token}"]
            try:
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=ends - time.monotonic())
            except subprocess.TimeoutExpired:
                failed.append(name)
                print(f"  {name}: not over when {ENDS_SECONDS} s were")
                continue
            if done.returncode:
                failed.append(name)
                print(done.stdout, done.stderr)
    if failed:
        print(f"schemathesis failed as {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
