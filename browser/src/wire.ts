// Written by tools/wire_types.py from src/deep/wire; edit the Python documents and run `python tools/wire_types.py`.

/** Raised when a reader of the older shape would misread the newer one. */
export const CONFIG_VERSION = 1;

/** A secondary index: its name in DynamoDB and the fields it is keyed by. */
export interface IndexShape {
  name: string;
  partition: string;
  sort?: string;
}

/**
 * A model's table as a function sees it. `fields` maps field to DEEP type (nested objects stay nested).
 *
 * `open`: keeps undeclared fields too. `own`: keyed by `Owner` and `Id`, and every caller has items of their own.
 */
export interface TableShape {
  name: string;
  fields: Record<string, unknown>;
  indexes: IndexShape[];
  open?: boolean;
  own?: boolean;
}

/** An action as another function sees it, so that backend can call backend. `functionName` leads to the version that answers: `NAME:live`. */
export interface FunctionActionShape {
  type: "lambda" | "external";
  methods: string[];
  functionName?: string;
  url?: string;
  path: string;
}

/** A microapplication as a function sees it: its backend parameters and the actions that the function calls, by resource and name. */
export interface FunctionMicroappShape {
  isRoot: boolean;
  parameters: Record<string, unknown>;
  resources: Record<string, Record<string, FunctionActionShape>>;
}

/**
 * `_config.json` beside a function's code. Holds no secret.
 *
 * `dataRole` is the ARN of the role under which the function reaches items of own models, one caller's at a time; absent when it uses none.
 * `apiKeys` are the digests (`sha256-<hex>`) of the keys that open the action; absent when it requires none.
 */
export interface RuntimeConfig {
  version: number;
  env: string;
  deployId: string;
  region: string;
  accountId: string;
  appIdentifier: string;
  microapp: string;
  action: string;
  forceUserIdentity: boolean;
  validationSchema: string | null;
  development: boolean;
  globals: Record<string, unknown>;
  tables: Record<string, TableShape>;
  microapps: Record<string, FunctionMicroappShape>;
  dataRole?: string;
  apiKeys?: string[];
}

/** Where an action is reached: `api` is a path below `apiBaseUrl` (or a URL for external actions), `original` the function's ARN or URL. */
export interface FrontendActionSource {
  api: string;
  original: string;
}

/** An action as the browser sees it. `cacheTtl` in seconds: -1 not cached, 0 for ever. */
export interface FrontendAction {
  type: "lambda" | "external";
  methods: string[];
  source: FrontendActionSource;
  cacheTtl: number;
  scope: "public" | "protected" | "private";
  authorization: "AWS_IAM" | "NONE" | "CUSTOM";
  keyRequired: boolean;
  validationSchema: string | null;
}

/** A microapplication as the browser sees it: its frontend parameters and actions. `hasBootstrap`: it ships a `bootstrap.js` to load. */
export interface FrontendMicroapp {
  isRoot: boolean;
  hasBootstrap: boolean;
  parameters: Record<string, unknown>;
  resources: Record<string, Record<string, FrontendAction>>;
}

/** Where the app's users have their accounts: an Amazon Cognito user pool. `issuer` is the URL its tokens name, `endpoint` where it is called. */
export interface UserPoolShape {
  id: string;
  clientId: string;
  endpoint: string;
  issuer: string;
}

/** Who unsigned requests act as in development, which a page shows as if they had signed in. */
export interface ActingShape {
  identityId: string;
  role: string;
  username: string;
  groups: string[];
}

/**
 * What requests of the API are signed for: AWS's name of the service, the region, and the host that verifies the signature.
 *
 * The host is None where that is the page's own; behind a CDN, which sends requests on under the API's own name, it is another. `hosts` are those of
 * microapplications that another API serves, where an app has several.
 */
export interface SigningScope {
  service: string;
  region: string;
  host: string | null;
  hosts?: Record<string, string>;
}

/**
 * `/_config.json`: all that the browser library needs to know of the app. Holds no backend parameter and no secret.
 *
 * `acl` names the actions that each role may call, `roles` the roles: `unauthenticated`, `authenticated`, then groups by precedence.
 * `identityProviders` are OpenID Connect providers the app trusts: client ids by domain. `actAs` is null but for a developer who asked for it.
 */
export interface FrontendConfig {
  version: number;
  env: string;
  deployId: string;
  awsRegion: string;
  apiBaseUrl: string;
  identityPoolId: string;
  identityEndpoint: string;
  identityProviders: Record<string, string>;
  userPool: UserPoolShape | null;
  apiSigning: SigningScope;
  actAs: ActingShape | null;
  roles: string[];
  acl: Record<string, string[]>;
  liveReload: string | null;
  globals: Record<string, unknown>;
  models: Record<string, Record<string, unknown>>;
  validationSchemas: Record<string, Record<string, unknown>>;
  microapps: Record<string, FrontendMicroapp>;
}

/** What AWS Lambda's context holds. `deadlineMs` is Unix time in milliseconds (as `Lambda-Runtime-Deadline-Ms`). */
export interface InvocationHead {
  requestId: string;
  deadlineMs: number;
  functionArn: string;
  identityId?: string;
}

/** A failed invocation, in Lambda's own words (`errorType` such as `Runtime.HandlerNotFound`); `stackTrace` holds formatted lines. */
export interface Fault {
  errorType: string;
  errorMessage: string;
  stackTrace?: string[];
}

/** The JSON body of every error answer, from the gateway or from a function. `errorStack` only in development. */
export interface ErrorBody {
  errorType: string;
  errorMessage: string;
  errorStack?: string;
  validationErrors?: FieldError[];
}

/** One field that did not validate; `path` is dotted (`address.street`), empty for the whole document. */
export interface FieldError {
  path: string;
  message: string;
}

/** The body of `POST /_/lambda`, the original's local protocol: `lambda` is a local function ARN or a DEEP action identifier. */
export interface LambdaCall {
  lambda: string;
  payload: unknown;
  method?: string;
}
