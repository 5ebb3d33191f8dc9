"""Security headers as a response headers policy of CloudFront, which has a form of its own for six of them and refuses those as custom headers.

Source: CloudFront API Reference, ResponseHeadersPolicyConfig; a policy holds at most ten custom headers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MOST_CUSTOM = 10


def _transport(value: str) -> dict[str, Any]:
    """`max-age=63072000; includeSubDomains` as its parts."""
    words = [word.strip().lower() for word in value.split(";")]
    age = next(int(word.partition("=")[2]) for word in words if word.startswith("max-age="))
    return {"AccessControlMaxAgeSec": age, "IncludeSubdomains": "includesubdomains" in words, "Preload": "preload" in words}


_OWN_FORMS: Mapping[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "content-security-policy": ("ContentSecurityPolicy", lambda value: {"ContentSecurityPolicy": value}),
    "referrer-policy": ("ReferrerPolicy", lambda value: {"ReferrerPolicy": value}),
    "strict-transport-security": ("StrictTransportSecurity", _transport),
    "x-content-type-options": ("ContentTypeOptions", lambda _: {}),
    "x-frame-options": ("FrameOptions", lambda value: {"FrameOption": value}),
    "x-xss-protection": ("XSSProtection", lambda value: {"Protection": value != "0"}),
}


def headers_config(name: str, headers: Mapping[str, str], *, override: bool) -> dict[str, Any]:
    """The policy's configuration. With `override` these win over what the origin sends; without, an origin's own header stays."""
    own = {form: {**make(headers[header]), "Override": override} for header, (form, make) in _OWN_FORMS.items() if header in headers}
    custom = [{"Header": header, "Override": override, "Value": value} for header, value in sorted(headers.items()) if header not in _OWN_FORMS]
    config: dict[str, Any] = {"Name": name, "SecurityHeadersConfig": own}
    return config | ({"CustomHeadersConfig": {"Items": custom}} if custom else {})
