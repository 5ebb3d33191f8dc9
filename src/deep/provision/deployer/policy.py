"""The least policy that suffices to deploy an app, deploy it again and take it out again, in one environment.

A name that DEEP chooses is granted by its form, so the policy is as long for five hundred actions as for five. Where AWS chooses (ids of APIs,
pools and distributions), what is granted is the kind of resource in this account and region.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from deep.names import studly
from deep.provision.compiled import Compiled
from deep.provision.deployer.handlers import DESTROYING, HANDLERS, MEANWHILE, OWN, WITH_A_WEB_ACL, WITH_MIGRATIONS, Ground, Needs
from deep.provision.release import Release
from deep.provision.resources.apis import apis_of
from deep.provision.resources.firewall import REGION, web_acl_name
from deep.provision.resources.policies import MANAGED_CHARACTERS, characters
from deep.provision.states.moves import Move
from deep.security.iam import Document, Statement

_PASSED_TO = ("cognito-identity.amazonaws.com", "cognito-idp.amazonaws.com", "lambda.amazonaws.com")


def deployer_documents(compiled: Compiled, found: Sequence[Move] = ()) -> tuple[Document, ...]:
    """One policy, or several where one would be too long. It does not suffice to delete what people keep.

    With moves, it suffices to carry these out too: to read two tables of a model, and to write to the new one, which holds nobody's last word yet.

    Raises KeyError for a type of resource that `handlers` does not know.
    """
    arns = arns_on(compiled.release)
    types = {resource["Type"] for template in compiled.templates.values() for resource in template["Resources"].values()}
    types |= {MEANWHILE[type_] for type_ in types & MEANWHILE.keys()}
    more = [needs for needs, is_needed in ((WITH_A_WEB_ACL, compiled.release.waf), (WITH_MIGRATIONS, arns["migrations"])) if is_needed]
    granted = needed(types, *more)
    statements = [_statement(ground, granted[ground], arns[ground]) for ground in sorted(granted)]
    return _packed([*statements, *_moving(compiled.release, found)])


def _moving(release: Release, found: Sequence[Move]) -> Iterator[Statement]:
    if pending := [move for move in found if not move.is_done]:
        source, target = (tuple(sorted(release.names.arn_of_table(move.names[number]) for move in pending)) for number in (0, 1))
        yield Statement(("dynamodb:Scan",), tuple(sorted((*source, *target))), sid="ReadMovedRows")
        yield Statement(("dynamodb:BatchWriteItem",), target, sid="WriteMovedRows")


def needed(types: Iterable[str], *more: Needs) -> Mapping[Ground, frozenset[str]]:
    """Actions by what they are needed on."""
    granted: dict[Ground, set[str]] = {}
    for needs in (OWN, *more, *(HANDLERS[type_] for type_ in types)):
        _add(granted, needs)
    return {ground: frozenset(actions - DESTROYING) for ground, actions in granted.items()}


def arns_on(release: Release) -> Mapping[Ground, tuple[str, ...]]:
    """The ARNs of each ground, in this account, region and environment."""
    names, account, region = release.names, release.target.account_id, release.target.region
    named = f"Deep{studly(release.target.env)}*{names.hash}"

    def arn(service: str, resource: str, *, at: str = f"{region}:{account}") -> str:
        return f"arn:{names.partition}:{service}:{at}:{resource}"

    return {
        "alarms": (arn("cloudwatch", f"alarm:{named}*"),),
        "anything": ("*",),
        "apis": tuple(arn("apigateway", f"/{path}", at=f"{region}:") for path in ("apis", "apis/*", "tags/*")),
        "buckets": (arn("s3", f"{release.bucket_stem}-*", at=":"),),
        "callers": tuple(arn("iam", f"{kind}/*", at=f":{account}") for kind in ("role", "user")),
        "dashboards": (arn("cloudwatch", f"dashboard/{release.worldwide_stem}", at=f":{account}"),),
        "distributions": tuple(
            arn("cloudfront", f"{kind}/*", at=f":{account}")
            for kind in ("distribution", "function", "origin-access-control", "response-headers-policy")
        ),
        "functions": (arn("lambda", f"function:{named}"), arn("lambda", f"function:{named}:*")),
        "identity pools": (arn("cognito-identity", "identitypool/*"),),
        "logs": tuple(arn("logs", f"log-group:{group}{rest}") for group in (f"/aws/lambda/{named}", *_api_logs(release)) for rest in ("", ":*")),
        "migrations": tuple(names.function_arn(microapp.migrating.identifier) for microapp in release.app.microapps if microapp.migrating),
        "objects": (arn("s3", f"{release.bucket_stem}-*/*", at=":"),),
        "policies": (arn("iam", f"policy/{named}-*", at=f":{account}"),),
        "passed roles": (arn("iam", f"role/{named}", at=f":{account}"),),
        "queues": (arn("sqs", f"{release.stem}-*"),),
        "roles": (arn("iam", f"role/{named}", at=f":{account}"),),
        "rules": (arn("events", f"rule/{named}"),),
        "secrets": (arn("ssm", f"parameter/{release.stem}/*"),),
        "stacks": (arn("cloudformation", f"stack/{release.stem}*/*"),),
        "tables": (arn("dynamodb", f"table/{named}"),),
        "topics": (arn("sns", f"{release.stem}-*"),),
        "user pools": (arn("cognito-idp", "userpool/*"),),
        "web acls": (*_web_acls(release),),
        "zone changes": (arn("route53", "change/*", at=":"),),
        "zones": (arn("route53", "hostedzone/*", at=":"),),
    }


def _api_logs(release: Release) -> Iterator[str]:
    """The log group of the first API, and the form of the others' names where there are others."""
    yield f"/aws/apigateway/{release.stem}"
    if len(apis_of(release).ids) > 1:
        yield f"/aws/apigateway/{release.stem}-*"


def _web_acls(release: Release) -> Iterator[str]:
    """The one that the app makes, with the sets of rules that it names, or the one that it names."""
    if isinstance(release.waf, str):
        yield release.waf
        return
    begin = f"arn:{release.names.partition}:wafv2:{REGION}:{release.target.account_id}:global"
    yield from (f"{begin}/webacl/{web_acl_name(release)}/*", f"{begin}/managedruleset/*/*")


def _add(granted: dict[Ground, set[str]], needs: Needs) -> None:
    for ground, actions in needs.items():
        granted.setdefault(ground, set()).update(actions)


def _statement(ground: Ground, actions: frozenset[str], arns: tuple[str, ...]) -> Statement:
    conditions = {"StringEquals": {"iam:PassedToService": _PASSED_TO}} if ground == "passed roles" else {}
    sid = "".join(studly(word) for word in ground.split())
    return Statement(tuple(sorted(actions)), tuple(sorted(arns)), conditions=conditions, sid=sid)


def _packed(statements: Iterable[Statement]) -> tuple[Document, ...]:
    """Whole statements in as few documents as their order allows."""
    documents: list[Document] = []
    for statement in statements:
        longer = Document((*documents[-1].statements, statement)) if documents else None
        if longer is not None and characters(longer) <= MANAGED_CHARACTERS:
            documents[-1] = longer
        else:
            documents.append(Document((statement,)))
    return tuple(documents)
