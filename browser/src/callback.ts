// Every asynchronous call of the library answers twice: by a promise, and to a callback when one is given, as the original did.

export type NodeCallback<T> = (error: Error | null, value?: T) => void;

/**
 * Hands a promise's outcome to a callback too, and answers the promise. With a callback a failure counts as handled, so nobody needs to catch it
 * twice; an error thrown inside the callback is not swallowed: the browser reports it as unhandled.
 */
export function tellBoth<T>(promise: Promise<T>, callback?: NodeCallback<T>): Promise<T> {
  if (callback) {
    void promise.then(
      (value) => callback(null, value),
      (error: Error) => callback(error),
    );
  }
  return promise;
}
