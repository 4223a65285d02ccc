import { createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'node:https'
import type { Attributes } from '../../../lib/store/rows/stored-row.ts'
import { responseOf, type Event, queryOf } from './query.ts'

const env = process.env as Record<string, string>
const region = env['AWS_REGION']!
const url = new URL(env['AWS_ENDPOINT_URL_DYNAMODB'] ?? `https://dynamodb.${region}.amazonaws.com`)
const agent = new Agent({ keepAlive: true })

export const handler = async (event: Event) => {
  const { Items } = JSON.parse(await post('Query', JSON.stringify(queryOf(event)))) as {
    Items: Attributes[]
  }
  return responseOf(Items)
}

const post = (action: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers: signed(action, body) }, (response) => {
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
  const scope = [time.slice(0, 8), region, 'dynamodb', 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${env['AWS_SECRET_ACCESS_KEY']!}`)
  const credential = `${env['AWS_ACCESS_KEY_ID']!}/${scope.join('/')}`
  const signature = hmac(key, text).toString('hex')
  return {
    ...headers,
    'content-length': Buffer.byteLength(body),
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest()
