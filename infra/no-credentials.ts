/**
 * Replaces the first credential provider that the SDK imports if the environment variables have no
 * credentials. Lambda always sets them. Elsewhere, this error says what is missing; the import would fail with
 * an error about a missing package.
 */
throw new Error(
  'The environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing. Lambda sets them from the role of the function. To run the bundle elsewhere, set both.',
)
