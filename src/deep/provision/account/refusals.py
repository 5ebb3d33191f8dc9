"""What AWS, or the way to it, says no to, as errors of ours that tell how to go on. Pure: errors come in as their codes and words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from deep.errors import DeepError, EnvironmentProblem, Problem, RefusedError

Answer = Mapping[str, Any]
"""An answer that is an error, as botocore parses it."""
AGAIN = "then run the command again: it goes on where it stopped"
TOLERATED = timedelta(minutes=5)
"""How far a request's time may be from AWS's (AWS General Reference, "Elements of an AWS API request signature")."""
_NOT_THERE = ("NoSuchBucket", "NoSuchKey", "404", "NotFound", "ResourceNotFoundException", "ChangeSetNotFound", "ParameterNotFound")
_UNANSWERED = ("301", "403", "InvalidAction", "NotImplemented", "UnknownOperationException")
"""The first two of HEAD, whose answers have no body: what is asked about is elsewhere, or somebody else's."""
_CREDENTIALS = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException", "AuthFailure")
_SIGNATURE = ("SignatureDoesNotMatch", "RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException")
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError")
_TROUBLED = ("InternalError", "InternalFailure", "ServiceUnavailable", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException")


def refusal(operation: str, response: Answer, now: datetime | None = None) -> DeepError:
    """The error for an answer of AWS's that refuses, as botocore parses it."""
    told = response["Error"]
    code, message = str(told.get("Code")), str(told.get("Message"))
    skew = _skew(response, now or datetime.now(UTC))
    if skew is not None and code in (*_SIGNATURE, *_CREDENTIALS):
        help_ = f"set the clock (timedatectl set-ntp true), {AGAIN}"
        return EnvironmentProblem(Problem("clock", f"this machine's clock is {skew} AWS's", help=help_))
    if code in _CREDENTIALS:
        help_ = f"log in again (aws sso login, or new keys in your AWS profile), {AGAIN}"
        return EnvironmentProblem(Problem("credentials", f"AWS does not accept the credentials: {message}", help=help_))
    if code in _SIGNATURE:
        help_ = f"check this machine's clock, and the keys, {AGAIN}"
        return EnvironmentProblem(Problem("signature", f"AWS does not accept the signature: {message}", help=help_))
    return RefusedError(Problem("aws-refused", f"{operation}: {code}: {message}", help=_remedy(code, message)))


def code_of(answer: Answer) -> str:
    return str(answer["Error"].get("Code"))


def is_absence(answer: Answer) -> bool:
    """There is nothing of that name."""
    code, message = code_of(answer), answer["Error"].get("Message", "")
    return code in _NOT_THERE or (code == "ValidationError" and "does not exist" in message)


def is_denial(answer: Answer) -> bool:
    """IAM may not be asked, or does not know the caller by that name."""
    return "AccessDenied" in code_of(answer) or code_of(answer) == "NoSuchEntity"


def is_unanswered(answer: Answer) -> bool:
    """The account does not let the caller ask, or does not know the question."""
    return is_denial(answer) or code_of(answer) in _UNANSWERED


def unreachable(error: Exception, profiles: str) -> EnvironmentProblem:
    """The error for a call that had no answer; `profiles` names those that exist."""
    name = type(error).__name__
    if name in _NO_CREDENTIALS:
        help_ = "log in with aws sso login, set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        return EnvironmentProblem(Problem("no-credentials", f"no AWS credentials were found: {error}", help=help_))
    if name == "ProfileNotFound":
        return EnvironmentProblem(Problem("unknown-profile", str(error), help=f"profiles are: {profiles}"))
    return EnvironmentProblem(Problem("aws-unreachable", f"AWS does not answer: {error}", help=f"see that the network is there, {AGAIN}"))


def _remedy(code: str, message: str) -> str | None:
    if "_IN_PROGRESS state" in message:
        return "another deploy of this app is running; run the command again, and it waits for that one to end"
    if code == "403" or "denied" in code.lower() or "unauthorized" in code.lower():
        return f"the deployer lacks a right; give its policy this action, {AGAIN}"
    return f"AWS is slow or in trouble; wait a little, {AGAIN}" if code in _TROUBLED else None


def _skew(response: Mapping[str, Any], now: datetime) -> str | None:
    """How far this machine's clock is from AWS's, in words, if it is too far: `16 min 2 s ahead of`."""
    date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    if date is None:
        return None
    try:
        away = now - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return None
    minutes, seconds = divmod(round(abs(away).total_seconds()), 60)
    return f"{minutes} min {seconds} s {'ahead of' if away > timedelta() else 'behind'}" if abs(away) > TOLERATED else None
