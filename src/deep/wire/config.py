"""The configuration documents: what a function finds beside its code, and what the browser fetches from `/_config.json`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

CONFIG_VERSION = 1
"""Raised when a reader of the older shape would misread the newer one."""
SECRET_REFERENCE = "$secret"  # noqa: S105 - a member's name
"""A parameter's value is no value but where its secret is kept: `{"$secret": "/DeepDev1234abcd/deep.todo/mail/key", "type": "string"}`."""


class IndexShape(TypedDict):
    """A secondary index: its name in DynamoDB and the fields it is keyed by."""

    name: str
    partition: str
    sort: NotRequired[str]


class TableShape(TypedDict):
    """A model's table as a function sees it. `fields` maps field to DEEP type (nested objects stay nested).

    `open`: keeps undeclared fields too. `own`: keyed by `Owner` and `Id`, and every caller has items of their own.
    """

    name: str
    fields: dict[str, Any]
    indexes: list[IndexShape]
    open: NotRequired[bool]
    own: NotRequired[bool]


class FunctionActionShape(TypedDict):
    """An action as another function sees it, so that backend can call backend. `functionName` leads to the version that answers: `NAME:live`."""

    type: Literal["lambda", "external"]
    methods: list[str]
    functionName: NotRequired[str]
    url: NotRequired[str]
    path: str


class FunctionMicroappShape(TypedDict):
    """A microapplication as a function sees it: its backend parameters and the actions that the function calls, by resource and name."""

    isRoot: bool
    parameters: dict[str, Any]
    resources: dict[str, dict[str, FunctionActionShape]]


class RuntimeConfig(TypedDict):
    """`_config.json` beside a function's code. Holds no secret.

    `dataRole` is the ARN of the role under which the function reaches items of own models, one caller's at a time; absent when it uses none.
    `apiKeys` are the digests (`sha256-<hex>`) of the keys that open the action; absent when it requires none.
    """

    version: int
    env: str
    deployId: str
    region: str
    accountId: str
    appIdentifier: str
    microapp: str
    action: str
    forceUserIdentity: bool
    validationSchema: str | None
    development: bool
    globals: dict[str, Any]
    tables: dict[str, TableShape]
    microapps: dict[str, FunctionMicroappShape]
    dataRole: NotRequired[str]
    apiKeys: NotRequired[list[str]]


class FrontendActionSource(TypedDict):
    """Where an action is reached: `api` is a path below `apiBaseUrl` (or a URL for external actions), `original` the function's ARN or URL."""

    api: str
    original: str


class FrontendAction(TypedDict):
    """An action as the browser sees it. `cacheTtl` in seconds: -1 not cached, 0 for ever."""

    type: Literal["lambda", "external"]
    methods: list[str]
    source: FrontendActionSource
    cacheTtl: int
    scope: Literal["public", "protected", "private"]
    authorization: Literal["AWS_IAM", "NONE", "CUSTOM"]
    keyRequired: bool
    validationSchema: str | None


class FrontendMicroapp(TypedDict):
    """A microapplication as the browser sees it: its frontend parameters and actions. `hasBootstrap`: it ships a `bootstrap.js` to load."""

    isRoot: bool
    hasBootstrap: bool
    parameters: dict[str, Any]
    resources: dict[str, dict[str, FrontendAction]]


class UserPoolShape(TypedDict):
    """Where the app's users have their accounts: an Amazon Cognito user pool. `issuer` is the URL its tokens name, `endpoint` where it is called."""

    id: str
    clientId: str
    endpoint: str
    issuer: str


class ActingShape(TypedDict):
    """Who unsigned requests act as in development, which a page shows as if they had signed in."""

    identityId: str
    role: str
    username: str
    groups: list[str]


class SigningScope(TypedDict):
    """What requests of the API are signed for: AWS's name of the service, the region, and the host that verifies the signature.

    The host is None where that is the page's own; behind a CDN, which sends requests on under the API's own name, it is another. `hosts` are those of
    microapplications that another API serves, where an app has several.
    """

    service: str
    region: str
    host: str | None
    hosts: NotRequired[dict[str, str]]


class FrontendConfig(TypedDict):
    """`/_config.json`: all that the browser library needs to know of the app. Holds no backend parameter and no secret.

    `acl` names the actions that each role may call, `roles` the roles: `unauthenticated`, `authenticated`, then groups by precedence.
    `identityProviders` are OpenID Connect providers the app trusts: client ids by domain. `actAs` is null but for a developer who asked for it.
    """

    version: int
    env: str
    deployId: str
    awsRegion: str
    apiBaseUrl: str
    identityPoolId: str
    identityEndpoint: str
    identityProviders: dict[str, str]
    userPool: UserPoolShape | None
    apiSigning: SigningScope
    actAs: ActingShape | None
    roles: list[str]
    acl: dict[str, list[str]]
    liveReload: str | None
    globals: dict[str, Any]
    models: dict[str, dict[str, Any]]
    validationSchemas: dict[str, dict[str, Any]]
    microapps: dict[str, FrontendMicroapp]
