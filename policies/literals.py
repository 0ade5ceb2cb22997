"""Secrets written out where anybody who may look at a resource reads them.

Whether a text is one is told by what it is called and what it looks like, never by how random it
is: a hash of a file is as random as a key.
"""

from __future__ import annotations

import re
from base64 import b64decode
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from policies.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.model import Resource

# https://learn.microsoft.com/azure/databricks/security/secrets/secrets-spark-conf-env-var
_REFERENCE = re.compile(r"\{\{secrets/[A-Za-z0-9._@-]+/[A-Za-z0-9._@-]+\}\}")
_NAMED = re.compile(
    r"secret|passw|passphrase|pwd|token(?!iz|s(?![a-z]))|credential|authorization"
    r"|(?:db|ftp|jdbc|mail|mysql|pg|postgres|proxy|redis|smtp|sql|user)[._-]?pass(?![a-z])"
    r"|(?:api|access|account|shared|private|encryption|client)[._-]?key"
    r"|(?:cosmos|openai|signing|storage|subscription)[._-]?key"
    r"|connection[._-]?string|(?<![a-z])sas(?![a-z])",
    re.IGNORECASE,
)
# What a name says beside the secret: where it lies, how it is called, how it is fetched.
_ABOUT = re.compile(
    r"(?:^|[._-]|(?<=[a-z]))"
    r"(?:id|name|type|scope|provider|class|url|uri|endpoint|path|file|dir|enabled|ttl|timeout)$"
    r"|^(?:old)?pwd$",
    re.IGNORECASE,
)
# The key under which a scope holds it: words, which a password of that name would not be alone.
_KEY_IN_SCOPE = re.compile(r"(?:token|password|credential)s?[._-]?key$", re.IGNORECASE)
_WORDS = re.compile(r"[a-z]+(?:[._-][a-z]+)*")
# fs.azure.account.key.<account>.dfs.core.windows.net: the account is not part of the name.
_ACCOUNT = re.compile(r"\.[a-z0-9]{3,24}\.(?:dfs|blob)\.core\..+$", re.IGNORECASE)
# JDBC and ODBC strings, and JSON in a text; a reference or a variable is none.
_WITHIN = re.compile(
    r"\b(?:password|passwd|pwd|client_?secret|access_?token|api_?key)"
    r"(?:=|[\"']\s*:\s*[\"'])(?![{$])[^\s\"'&;,{}<>]{4}",
    re.IGNORECASE,
)
# Who logs in to a URL: https://user:password@host, https://token@host, https://token:word@host.
# https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1
_LOGIN = re.compile(r"(\w{0,9})://([^/\s:@]*)(?::([^/\s:@]*))?@([\w.-]*)")
_NO_PASSWORD: Final = ("", "x-oauth-basic")  # what Git hosts want beside a token as the user
_PORT = re.compile(r"\d+[;,?].*", re.DOTALL)  # sqlserver://host:1433;user=name@host
# The key in the address of an error tracker lets anybody report, and nobody read.
# https://docs.sentry.io/concepts/key-terms/dsn-explainer/
_PUBLIC_KEY_HOST = re.compile(r"o\d+\.ingest\.")
# https://datatracker.ietf.org/doc/html/rfc6750#section-2.1
_BEARER = re.compile(r"\bBearer\s+([\w.~+/=-]+)", re.IGNORECASE)
# Letters and digits that change places again and again: a token, and no name of anything. Ids do
# so as well.
_OPAQUE = re.compile(r"[\w.~+/=-]{20,}")
_CHANGES = re.compile(r"(?<=[a-z])\d|(?<=\d)[a-z]", re.IGNORECASE)
_FEWEST_CHANGES: Final = 3
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# $TOKEN, ${TOKEN}, {{secrets/scope/key}}, <token>, %TOKEN%, ****, xxxx
_PLACEHOLDER = re.compile(r"[{<].*|\$[{(].*|\$[A-Z_][A-Z\d_]*|%\w+%|[*.xX]+", re.DOTALL)
# A number under such a name is no size and no count: somebody chose it as a password.
_CHOSEN = re.compile(r"passw|passphrase|pwd|secret", re.IGNORECASE)
_DIGITS = re.compile(r"\s*\d{4,}\s*")
_SHORTEST_ENCODED: Final = 24
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_HARMLESS = re.compile(r"\s*|true|false|none|null|-?\d+(?:\.\d+)?|\{\{[^{}]+\}\}", re.IGNORECASE)
# What a secret looks like, by a part that each has: a shorter text and one without any of these
# parts is none, and that is told ten times sooner.
_SHORTEST_FORM: Final = 15
FORMS: Final = {
    part: re.compile(form)
    for part, form in (
        # Databricks: token, OAuth secret
        ("dapi", r"\bdapi[0-9a-f]{32}"),
        ("dose", r"\bdose[0-9a-f]{32}"),
        # Azure: connection strings, shared access signature, storage and Event Hubs keys
        ("Key=", r"(?:Account|SharedAccess)Key=[A-Za-z0-9+/=]{20}"),
        ("sig=", r"[?&]sig=[A-Za-z0-9%+/=]{20}"),
        ("==", r"^[A-Za-z0-9+/]{86}==$"),
        # Entra client secret
        ("Q~", r"(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}"),
        ("PRIVATE KEY", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        # JSON web token
        ("eyJ", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."),
        # GitHub, GitLab, Hugging Face, OpenAI and the like, AWS, Slack
        ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36}"),
        ("github_pat_", r"\bgithub_pat_\w{22}"),
        ("glpat-", r"\bglpat-[\w-]{20}"),
        ("hf_", r"\bhf_[A-Za-z0-9]{30}"),
        ("sk-", r"\bsk-[\w-]{20}"),
        ("AKIA", r"\bAKIA[0-9A-Z]{16}\b"),
        ("xox", r"\bxox[abprs]-[\w-]{10}"),
    )
}
_ASSIGNED = re.compile(r"-*(?:D(?=\w+\.))?([A-Za-z][\w.-]*)=(.*)", re.DOTALL)
_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")


def is_reference(value: Any) -> bool:
    """Whether a text is ``{{secrets/<scope>/<key>}}`` and nothing else, as Databricks wants it."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


@lru_cache(maxsize=4096)
def names_a_secret(name: str) -> bool:
    """Whether what is called so holds a secret, not just where to find one."""
    plain_name = _ACCOUNT.sub("", name)
    return _NAMED.search(plain_name) is not None and _ABOUT.search(plain_name) is None


def looks_secret(name: str, value: str) -> bool:
    """Whether a text is a secret written out, by its name or by its own form."""
    named = names_a_secret(name) and not _is_key_in_scope(name, value)
    if not (named or _shows_a_secret(value) or _hides_a_secret(value)):
        return False
    if _HARMLESS.fullmatch(value):
        return named and _DIGITS.fullmatch(value) is not None and _CHOSEN.search(name) is not None
    return True


def _is_key_in_scope(name: str, value: str) -> bool:
    return _KEY_IN_SCOPE.search(name) is not None and _WORDS.fullmatch(value) is not None


def _shows_a_secret(value: str) -> bool:
    if len(value) >= _SHORTEST_FORM:
        for part, form in FORMS.items():
            if part in value and form.search(value):
                return True
        if ("earer" in value or "EARER" in value) and any(map(_is_opaque, _BEARER.findall(value))):
            return True
    if "://" in value and "@" in value and _logs_in(value):
        return True
    return ("=" in value or ":" in value) and _WITHIN.search(value) is not None


def _logs_in(value: str) -> bool:
    """Whether a URL in the text brings a password or a token along."""
    return any(_is_login(*match.groups("")) for match in _LOGIN.finditer(value))


def _is_login(scheme: str, user: str, password: str, host: str) -> bool:
    if password not in _NO_PASSWORD:
        return not (_PLACEHOLDER.fullmatch(password) or _PORT.fullmatch(password))
    if password:
        return user != "" and not _PLACEHOLDER.fullmatch(user)
    # Elsewhere a lone user is something else: abfss://container@account
    return (
        scheme.casefold() in ("http", "https")
        and _is_opaque(user)
        and _PUBLIC_KEY_HOST.match(host) is None
    )


def _is_opaque(text: str) -> bool:
    return (
        _OPAQUE.fullmatch(text) is not None
        and _ID.fullmatch(text) is None
        and len(_CHANGES.findall(text)) >= _FEWEST_CHANGES
    )


def _hides_a_secret(value: str) -> bool:
    """Whether a text in base64 shows a secret once it is decoded."""
    if len(value) < _SHORTEST_ENCODED or not _BASE64.fullmatch(value):
        return False
    try:
        return _shows_a_secret(b64decode(value, validate=True).decode("utf-8"))
    except ValueError:
        return False


class Text(NamedTuple):
    """One text of a resource.

    Attributes:
        path: Where it stands.
        name: What it is called there: the key of a map, the flag before it, the parameter's name.
        value: The text, or UNKNOWN for a text or a structure that is not known yet.
    """

    path: str
    name: str
    value: Any

    def is_below(self, keys: frozenset[str]) -> bool:
        """Whether one of these keys is on its path."""
        return not keys.isdisjoint(self.path.replace("[", ".").split("."))


def texts_of(resource: Resource) -> Sequence[Text]:
    """Every text of a resource's inputs."""
    return resource.once(_of_resource)


def _of_resource(resource: Resource) -> list[Text]:
    return texts(dict(resource.props))


def texts(value: Any, path: str = "", name: str = "") -> list[Text]:
    """Every text of a value, however deep, with what it is called."""
    found: list[Text] = []
    _collect(value, path, name, found)
    return found


def _collect(value: Any, path: str, name: str, found: list[Text]) -> None:
    # Into one list: generators within generators pass each text up through all levels.
    if value is UNKNOWN or isinstance(value, str):
        found.append(Text(path, name, value))
    elif isinstance(value, dict):
        _of_object(cast("dict[str, Any]", value), path, name, found)
    elif isinstance(value, list):
        _of_list(cast("list[Any]", value), path, name, found)


def _of_object(value: dict[str, Any], path: str, name: str, found: list[Text]) -> None:
    for key, item in value.items():
        own = f"{path}.{key}" if path else key
        label = _label(value) if key in ("value", "default") else ""
        _collect(item, own, f"{name}.{label}" if label else key, found)


def _label(value: dict[str, Any]) -> str:
    """How an object calls its text: parameters and headers have a name in one field beside it."""
    return next((value[key] for key in ("name", "key") if isinstance(value.get(key), str)), "")


def _of_list(value: list[Any], path: str, name: str, found: list[Text]) -> None:
    flag = ""
    for index, item in enumerate(value):
        own = f"{path}[{index}]"
        if not isinstance(item, str):
            _collect(item, own, flag or name, found)
            flag = ""
            continue
        assigned = _ASSIGNED.fullmatch(item) if "=" in item else None
        if assigned:
            found.append(Text(own, assigned[1], assigned[2]))
        else:
            found.append(Text(own, flag or name, item))
        match = _FLAG.fullmatch(item)
        flag = match[1] if match else ""
