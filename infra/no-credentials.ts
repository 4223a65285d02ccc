/**
 * Takes the place of the SDK's first credential provider after the environment variables. Lambda always sets
 * these; whoever runs a bundle without them learns what is missing, and not that a package is.
 */
throw new Error(
  'The environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are missing: Lambda sets them from the role of the function, so set both where you run its bundle elsewhere.',
)
