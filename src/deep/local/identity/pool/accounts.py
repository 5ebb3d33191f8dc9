"""What people do with their own accounts. Source: Amazon Cognito user pools API reference, operation by operation.

Answers do not tell who has an account (`PreventUserExistenceErrors`): where nobody is to be found, they are those of a user whose code is another.
`SignUp` alone says that a name is taken, as it must.
"""

from __future__ import annotations

from typing import Any

from deep.local.identity.aws_json import Asked, Declined, Operation
from deep.local.identity.pool.codes import CONFIRM, RESET, VERIFY
from deep.local.identity.pool.parts import LONGEST_NAME, Parts, checked_attributes
from deep.local.identity.pool.users import CONFIRMED, FORCE_CHANGE_PASSWORD, UNCONFIRMED, User

_LONGEST_CODE = 2048


class Accounts:
    """The operations that need no credentials of AWS: a code or an access token is what they ask for."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def operations(self) -> dict[str, Operation]:
        return {
            "SignUp": self.sign_up,
            "ConfirmSignUp": self.confirm_sign_up,
            "ResendConfirmationCode": self.resend_confirmation_code,
            "ForgotPassword": self.forgot_password,
            "ConfirmForgotPassword": self.confirm_forgot_password,
            "ChangePassword": self.change_password,
            "GetUser": self.get_user,
            "UpdateUserAttributes": self.update_user_attributes,
            "GetUserAttributeVerificationCode": self.send_verification_code,
            "VerifyUserAttribute": self.verify_user_attribute,
            "DeleteUser": self.delete_user,
            "GlobalSignOut": self.global_sign_out,
        }

    def sign_up(self, asked: Asked) -> dict[str, Any]:
        parts = self._parts
        parts.check_client(asked)
        username, password = asked.text("Username", LONGEST_NAME), asked.text("Password")
        attributes = checked_attributes(asked.attributes("UserAttributes"))
        if not attributes.get("email"):
            raise Declined("InvalidParameterException", "Attributes did not conform to the schema: email: The attribute is required")
        user = parts.new_user(username, UNCONFIRMED, password, attributes | {"email_verified": "false"})
        parts.add(user)
        details = parts.codes.send(user, CONFIRM)
        return {"UserConfirmed": False, "UserSub": user.sub, "CodeDeliveryDetails": details}

    def confirm_sign_up(self, asked: Asked) -> dict[str, Any]:
        username, code = self._named(asked), asked.text("ConfirmationCode", _LONGEST_CODE)
        user = self._parts.users.find(username)
        if user is not None and user.status != UNCONFIRMED:
            raise Declined("NotAuthorizedException", f"User cannot be confirmed. Current status is {user.status}")
        self._parts.codes.redeem(username, CONFIRM, code)
        self._proved(username, status=CONFIRMED)
        return {}

    def resend_confirmation_code(self, asked: Asked) -> dict[str, Any]:
        username = self._named(asked)
        user = self._parts.users.find(username)
        if user is not None and user.status == CONFIRMED:
            raise Declined("InvalidParameterException", "User is already confirmed.")
        if user is None or not user.enabled or "email" not in user.attributes:
            return {"CodeDeliveryDetails": self._parts.codes.pretend(username, CONFIRM)}
        return {"CodeDeliveryDetails": self._parts.codes.send(user, CONFIRM)}

    def forgot_password(self, asked: Asked) -> dict[str, Any]:
        username = self._named(asked)
        user = self._parts.users.find(username)
        if user is None or not user.enabled or user.verified_email is None or user.status == FORCE_CHANGE_PASSWORD:
            return {"CodeDeliveryDetails": self._parts.codes.pretend(username, RESET)}
        return {"CodeDeliveryDetails": self._parts.codes.send(user, RESET)}

    def confirm_forgot_password(self, asked: Asked) -> dict[str, Any]:
        parts = self._parts
        username, code = self._named(asked), asked.text("ConfirmationCode", _LONGEST_CODE)
        user = parts.users.find(username)
        proof = parts.proof(user.username if user else username, asked.text("Password"))
        parts.codes.redeem(username, RESET, code)
        self._proved(username, status=CONFIRMED, proof=proof)
        parts.attempts.password_proved(username)
        return {}

    def change_password(self, asked: Asked) -> dict[str, Any]:
        parts = self._parts
        user = parts.bearer(asked)
        proof = parts.proof(user.username, asked.text("ProposedPassword"))
        parts.attempts.guess_password(user.username)
        if not parts.fits(user, asked.text("PreviousPassword")):
            raise Declined("NotAuthorizedException", "Incorrect username or password.")
        parts.attempts.password_proved(user.username)
        parts.change(user, proof=proof)
        return {}

    def get_user(self, asked: Asked) -> dict[str, Any]:
        user = self._parts.bearer(asked)
        return {"Username": user.username, "UserAttributes": user.listed_attributes()}

    def update_user_attributes(self, asked: Asked) -> dict[str, Any]:
        user = self._parts.bearer(asked)
        changed = checked_attributes(asked.attributes("UserAttributes"))
        if changed.get("email", "-") == "":
            raise Declined("InvalidParameterException", "Attributes did not conform to the schema: email: The attribute is required")
        is_new_address = changed.get("email", user.attributes.get("email")) != user.attributes.get("email")
        told = {"email_verified": "false"} if is_new_address else {}
        user = self._parts.change(user, attributes=user.with_attributes(changed | told).attributes)
        return {"CodeDeliveryDetailsList": [self._parts.codes.send(user, VERIFY)] if is_new_address else []}

    def send_verification_code(self, asked: Asked) -> dict[str, Any]:
        user = self._with_email(asked)
        return {"CodeDeliveryDetails": self._parts.codes.send(user, VERIFY)}

    def verify_user_attribute(self, asked: Asked) -> dict[str, Any]:
        user = self._with_email(asked)
        self._parts.codes.redeem(user.username, VERIFY, asked.text("Code", _LONGEST_CODE))
        self._proved(user.username)
        return {}

    def delete_user(self, asked: Asked) -> dict[str, Any]:
        self._parts.users.remove(self._parts.bearer(asked))
        return {}

    def global_sign_out(self, asked: Asked) -> dict[str, Any]:
        self._parts.sessions.end_all(self._parts.bearer(asked))
        return {}

    def _named(self, asked: Asked) -> str:
        """The user that a request of the pool's client is about."""
        self._parts.check_client(asked)
        return asked.text("Username", LONGEST_NAME)

    def _with_email(self, asked: Asked) -> User:
        user = self._parts.bearer(asked)
        if asked.text("AttributeName") != "email" or "email" not in user.attributes:
            raise Declined("InvalidParameterException", "The user has no such attribute to verify: e-mail is")
        return user

    def _proved(self, username: str, **changes: object) -> None:
        """The e-mail address is the user's: a code that was sent there came back."""
        user = self._parts.users.find(username)
        if user is None:
            raise Declined("CodeMismatchException", "Invalid verification code provided, please try again.")
        self._parts.change(user, attributes=user.with_attributes({"email_verified": "true"}).attributes, **changes)
