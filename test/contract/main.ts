/**
 * npm run test:contract: sends what npm start runs the requests that schemathesis makes of
 * docs/openapi.yaml, right and wrong ones, and expects the responses that the document describes.
 */
import { runCommand } from '../../commands/command.ts'
import { sampleUsers } from '../../commands/local/sample-users.ts'
import { cleanEnvironment, own } from '../support/owned.ts'
import { installPackages } from '../support/python.ts'
import { startServer } from '../support/server.ts'

const limitMs = 120_000

const getToken = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/local/token`, {
    method: 'POST',
    body: JSON.stringify({ email: sampleUsers[0] }),
  })
  const { token } = (await response.json()) as { token: string }
  return token
}

runCommand(async () => {
  const owned = own()
  const python = await installPackages(owned)
  const { url, stop } = await startServer()
  try {
    const config = ['--config-file', 'test/contract/schemathesis.toml']
    const run = ['run', 'docs/openapi.yaml', '--url', url]
    const env = {
      ...cleanEnvironment(owned.directory),
      TOKEN: await getToken(url),
      PYTHONDONTWRITEBYTECODE: '1',
    }
    console.log(
      await owned.run(python, ['-m', 'schemathesis.cli', ...config, ...run], { env, limitMs }),
    )
  } finally {
    await stop()
  }
})
