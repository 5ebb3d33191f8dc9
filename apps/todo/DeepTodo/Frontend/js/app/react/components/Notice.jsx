/** What the user must know of loading and saving; nothing while all is well. */
export function Notice({ state, onRetry, onDismiss }) {
  if (state.status === 'loading') {
    return (
      <p className="notice loading" role="status">
        Loading your todos…
      </p>
    );
  }
  if (state.status === 'ready' && !state.may.retrieve) return <p className="notice">Sign in to see your todos.</p>;
  if (state.problem === null) return null;
  return (
    <p className="notice problem" role="alert">
      {state.problem}{' '}
      {state.status === 'failed' ? (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      ) : (
        <button type="button" onClick={onDismiss}>
          Dismiss
        </button>
      )}
    </p>
  );
}
