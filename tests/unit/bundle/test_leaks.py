"""Literals that look like keys are found at their place, whatever file they lie in, and nothing else is. Threat D10; parity 90."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deep.bundle.leaks import secrets_in, secrets_of
from deep.errors import Place
from deep.model import Parameter, load_app
from tests.unit.bundle.site_apps import two_microapps, write

APPS = Path(__file__).parents[3] / "apps"
ALNUM = string.ascii_letters + string.digits
BASE64URL = f"{ALNUM}-_"


def made(alphabet: str, length: int, seed: int = 7) -> str:
    """A text as an issuer would draw it. The tests make their keys, so that none ever lies in the repository."""
    return "".join(random.Random(seed).choices(alphabet, k=length))


KEYS = {
    "AWS access key": "AKIA" + made(string.ascii_uppercase + "234567", 16),
    "AWS session key": "ASIA" + made(string.ascii_uppercase + "234567", 16),
    "AWS secret": 'aws_secret_access_key": "' + made(f"{ALNUM}/+", 40),
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "OpenSSH key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "GitHub token": "ghp_" + made(ALNUM, 36),
    "GitHub fine-grained": "github_pat_" + made(ALNUM + "_", 82),
    "Slack token": "xoxb-" + made(string.digits, 12) + "-" + made(ALNUM, 24),
    "Slack hook": "https://hooks.slack.com/services/T"
    + made(string.ascii_uppercase, 8)
    + "/B"
    + made(string.ascii_uppercase, 8)
    + "/"
    + made(ALNUM, 24),
    "Stripe key": "sk_live_" + made(ALNUM, 24),
    "Google key": "AIza" + made(BASE64URL, 35),
    "JWT": "eyJ" + made(BASE64URL, 30) + ".eyJ" + made(BASE64URL, 40) + "." + made(BASE64URL, 43),
    "npm token": "npm_" + made(ALNUM, 36),
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + made(BASE64URL, 80),
    "SendGrid key": "SG." + made(BASE64URL, 22) + "." + made(BASE64URL, 43),
    "Twilio key": "SK" + made("0123456789abcdef", 32),
    "DEEP key": "deep_" + made(BASE64URL, 43),
    "password": 'password: "' + made(f"{ALNUM}!%&", 16),
    "client secret": '"clientSecret": "' + made(ALNUM, 32),
    "default of a parameter": '"dbPassword": {"type": "string", "default": "' + made(ALNUM, 20) + '"',
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_each_format_is_found_at_its_place_and_shown_in_part(key: str) -> None:
    literal = key.rpartition('"')[2] if not key.endswith('"') else key.split('"')[-2]
    closed = key if key.endswith('"') else f'{key}"'
    (problem,) = secrets_in(f'{{\n  "a": 1,\n  "x": "{closed}\n}}\n', "app.json")
    assert problem.code == "looks-like-secret"
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == ("app.json", 3)
    assert literal[5:20] not in problem.message
    assert problem.place.source_line == ""


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        '"password": "correct horse battery staple"',
        '"passwordField": "new-password-repeated"',
        '"token": "https://login.example/oauth2/token?v=2"',
        '"apiKey": "sha256-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"',
        '"secret": "${deep.secrets.db1password}"',
        '"secretName": "@deep.mail:smtp2password"',
        'const tokenEndpoint = "/_/cognito-idp/us-east-1_abc123";',
        'password: "************1"',
        'tokens = "aaaaaaaaaaaaaaaaaaa1"',
        "pk_live_0123456789abcdefghij",
        "skill_live_abc",
        '"integrity": "sha512-9Wq0VX6Qh7rJ8Vh3Rkz2mQ=="',
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_only_reminds_of_a_key_is_not_told(text: str) -> None:
    assert secrets_in(text, "x") == ()


@given(st.text(alphabet=string.printable, max_size=400))
def test_any_text_is_read_and_places_are_true(text: str) -> None:
    for problem in secrets_in(text, "x"):
        place = problem.place
        assert isinstance(place, Place)
        assert len(text.split("\n")[place.line - 1]) >= place.column - 1 + place.length


EIGHT = {
    "DeepRoot/Frontend/_build/js/app.js": "x;pay('{}')",
    "DeepRoot/Frontend/index.html": "<p data-key='{}'>",
    "DeepTodo/Backend/resources.json": '["{}"]',
    "DeepTodo/Data/Models/A.json": '["{}"]',
    "DeepTodo/Data/Validation/B.json": '["{}"]',
    "DeepTodo/deepkg.json": '["{}"]',
    "DeepTodo/parameters.json": '["{}"]',
    "deeploy.json": '["{}"]',
}
OF_ISSUERS = {name: key for name, key in KEYS.items() if '"' not in key}


def test_twelve_formats_and_more_are_found_in_eight_files_each(tmp_path: Path) -> None:
    """Metadata, definitions of data, and what browsers are served, written or built; not the code of functions, which no browser sees."""
    write(tmp_path / "DeepTodo", {"Backend/src/handler.py": KEYS["Stripe key"]})
    write(tmp_path, {file: "\n".join(form.format(key) for key in OF_ISSUERS.values()) for file, form in EIGHT.items()})
    found = [problem.place for problem in secrets_of(two_microapps(tmp_path))]
    assert len(OF_ISSUERS) >= 12
    told = {(place.file, place.line) for place in found if place is not None}
    assert told == {(file, line + 1) for file in EIGHT for line in range(len(OF_ISSUERS))}


def test_the_value_of_a_secret_parameter_is_where_it_belongs(tmp_path: Path) -> None:
    key, here = KEYS["Stripe key"], Place("parameters.json", 1, 1)
    write(tmp_path / "DeepTodo", {".parameters.json": f'{{"backend": {{"stripeSecret": "{key}"}}}}'})
    app = two_microapps(tmp_path, parameters=(Parameter("backend", "stripeSecret", "string", "", False, key, "answers", here, secret=True),))
    assert secrets_of(app) == ()
    root, todo = app.microapps
    assert len(secrets_of(replace(app, microapps=(root, replace(todo, parameters=()))))) == 1


@pytest.mark.parametrize("name", sorted(path.parent.parent.name for path in APPS.glob("*/*/deepkg.json")))
def test_the_repositorys_own_apps_have_none(name: str) -> None:
    assert secrets_of(load_app(APPS / name, environ={})) == ()
