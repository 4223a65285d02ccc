import { createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'node:https'

const env = process.env as Record<string, string>
const region = env['AWS_REGION']!
const url = new URL(env['AWS_ENDPOINT_URL_DYNAMODB'] ?? `https://dynamodb.${region}.amazonaws.com`)
/** The SDK opens as many sockets. */
const agent = new Agent({ keepAlive: true, maxSockets: 50 })
const options = { hostname: url.hostname, port: url.port, path: '/', method: 'POST', agent }

/** Sends a signed request to DynamoDB without any SDK, and returns the body of the response. */
export const post = (action: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ ...options, headers: signed(action, body) }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (data: string) => (text += data))
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(text))
      })
      response.on('error', reject)
    })
      .on('error', reject)
      .end(body)
  })

/** Signature Version 4. */
const signed = (action: string, body: string): Record<string, string | number> => {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    'content-type': 'application/x-amz-json-1.0',
    host: url.host,
    'x-amz-date': time,
    ...(env['AWS_SESSION_TOKEN'] && { 'x-amz-security-token': env['AWS_SESSION_TOKEN'] }),
    'x-amz-target': `DynamoDB_20120810.${action}`,
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n')
  const scope = [time.slice(0, 8), region, 'dynamodb', 'aws4_request'].join('/')
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const credential = `${env['AWS_ACCESS_KEY_ID']!}/${scope}`
  const signature = hmac(keyOf(scope), text).toString('hex')
  return {
    ...headers,
    'content-length': Buffer.byteLength(body),
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

let lastKey: { scope: string; key: Buffer } | undefined

/** The key that signs requests. It is kept, because it is the same for a whole day. */
const keyOf = (scope: string): Buffer => {
  if (lastKey?.scope !== scope) {
    const secret = Buffer.from(`AWS4${env['AWS_SECRET_ACCESS_KEY']!}`)
    lastKey = { scope, key: scope.split('/').reduce(hmac, secret) }
  }
  return lastKey.key
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
