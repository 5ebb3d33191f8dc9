/** What people are told when the identity service refuses, by its word for why. */
const REFUSALS = {
  AliasExistsException: 'There is an account with this address already.',
  CodeDeliveryFailureException: 'The code could not be sent. Check the address.',
  CodeMismatchException: 'This is not the code we sent. Check it, or ask for a new one.',
  ExpiredCodeException: 'This code is too old, or was used already. Ask for a new one.',
  LimitExceededException: 'Too many attempts. Wait a while, then try again.',
  NetworkError: 'The sign-in service cannot be reached. Check your connection, then try again.',
  NotAuthorizedException: 'The user name or the password is wrong.',
  TooManyFailedAttemptsException: 'Too many attempts. Wait a while, then try again.',
  TooManyRequestsException: 'Too many attempts. Wait a while, then try again.',
  UserNotFoundException: 'The user name or the password is wrong.',
  UsernameExistsException: 'This user name is taken. Choose another.',
};

/** Refusals that say best themselves what is wrong: which rule a password breaks, which field. */
const OWN_WORDS = new Set(['InvalidPasswordException', 'InvalidParameterException', 'UserLambdaValidationException', 'PasswordHistoryPolicyViolationException']);

/** Which field of a form a refusal is about; others are about the form as a whole. */
const FIELDS = {
  AliasExistsException: 'email',
  CodeMismatchException: 'code',
  ExpiredCodeException: 'code',
  InvalidPasswordException: 'newPassword',
  PasswordHistoryPolicyViolationException: 'newPassword',
  UsernameExistsException: 'username',
};

/** An error as people are told it: `{text, field}`, where `field` is null when no single field is to blame. */
export function told(error) {
  const own = OWN_WORDS.has(error.type) ? sentence(error.reason) : null;
  return { text: own ?? REFUSALS[error.type] ?? `That did not work: ${sentence(error.reason ?? error.message)}`, field: FIELDS[error.type] ?? null };
}

/** "We sent a code to a***@e***": where it went, as far as the service tells. */
export function sent({ destination, medium }) {
  if (destination === null) return 'We sent you a code.';
  return medium === 'SMS' ? `We sent a code to the phone ${destination}.` : `We sent a code to ${destination}.`;
}

/** The service's own words without its prefix, as a sentence. */
function sentence(text) {
  const words = text.replace(/^Password did not conform with policy: /, '').trim();
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
