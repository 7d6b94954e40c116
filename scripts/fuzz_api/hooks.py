"""Schemathesis' part of scripts/fuzz_api.ts: what it asks for, and what it holds an answer to.

FUZZ_API_RULES is a JSON list of the regular expressions of unsaid_rules.ts.
"""

import json
import os
import re
import zlib

import schemathesis
from schemathesis import GenerationMode

RULES = [re.compile(rule) for rule in json.loads(os.environ["FUZZ_API_RULES"])]

CLUSTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
URL = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\\?#]([^\t-\r\x00-\x1f\x7f-\x9f\\?#]*[^\s\x00-\x1f\x7f-\x9f\\?#])?")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

# Most requests name what there is, or is like it: else few would get further than a name or a URL.
CLUSTERS = ["test-cluster"] * 5 + ["production-cluster", "unreachable-cluster", None]
NAMESPACES = ["default", "kube-system,default", None]
NAMES = ["app", "my-docker-secret", None]
URLS = [
    "https://github.com/your-org/app.git",
    "git@github.com:your-org/app.git",
    "https://charts.example.com/stable",
    "oci://ghcr.io/your-org/charts",
    "https://ghcr.io/",
    None,
]


def one_of(choices, text):
    """The same choice for the same text, so that a failure can be made to happen again."""
    return choices[zlib.crc32(text.encode("utf-8", "surrogatepass")) % len(choices)]


def at_home(given):
    """What is a valid name or URL is one that the demo can do something with."""
    if not isinstance(given, dict):
        return given
    changed = dict(given)
    for name in ("cluster", "cluster_name"):
        value = given.get(name)
        if isinstance(value, str) and CLUSTER.fullmatch(value):
            changed[name] = one_of(CLUSTERS, value) or value
    for name, choices in (("namespaces", NAMESPACES), ("name", NAMES)):
        value = given.get(name)
        if isinstance(value, str) and LABEL.fullmatch(value):
            changed[name] = one_of(choices, value) or value
    for name in ("url", "repository_url"):
        value = given.get(name)
        if isinstance(value, str) and URL.fullmatch(value):
            changed[name] = one_of(URLS, value) or value
    for name in ("urls", "repository_urls"):
        value = given.get(name)
        if isinstance(value, list) and all(isinstance(each, str) and URL.fullmatch(each) for each in value):
            changed[name] = [f"https://charts.example.com/{each}" for each in range(len(value))]
    return changed


@schemathesis.hook
def map_body(ctx, body):
    return at_home(body)


@schemathesis.hook
def map_query(ctx, query):
    return at_home(query)


@schemathesis.check
def no_bug(ctx, response, case):
    """A bug is 500; 502, 503 and 504 tell of a cluster."""
    assert response.status_code != 500, f"a bug: {response.text}"


@schemathesis.check
def listed_refusals(ctx, response, case):
    """What the document allows is refused by none but the listed rules."""
    if response.status_code != 400 or case.meta is None:
        return
    if case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    message = response.json()["message"]
    assert any(rule.search(message) for rule in RULES), f"the document allows: {message}"
