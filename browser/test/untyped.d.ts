// Amazon's own client, which the tests of sign-in are checked by; it has types for its front door only.
declare module "amazon-cognito-identity-js/es/AuthenticationHelper.js";
declare module "amazon-cognito-identity-js/es/BigInteger.js";
declare module "amazon-cognito-identity-js/es/DateHelper.js";
