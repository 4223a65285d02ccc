import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Answer } from './answer.ts'

/** Below this many characters an answer fits into one packet either way. */
const worthCompressing = 1024

/** Either makes a page of 20 rooms a sixth; a higher level takes up to twice the time for 2 to 5 per cent of that. */
const encoders = {
  br: (body: string) =>
    brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  gzip: (body: string) => gzipSync(body, { level: 3 }),
}

/** Compresses an answer as the caller prefers; brotli, which is the quicker, where both are as welcome. */
export const compressed = (answer: Answer, acceptEncoding: string | undefined): Answer => {
  const { body = '' } = answer
  const coding = body.length < worthCompressing ? undefined : preferred(acceptEncoding)
  if (coding === undefined) return answer
  return {
    ...answer,
    headers: { ...answer.headers, 'content-encoding': coding },
    body: encoders[coding](body).toString('base64'),
    isBase64Encoded: true,
  }
}

/** Accept-Encoding with its weights (RFC 9110, 12.5.3). */
const preferred = (acceptEncoding = ''): 'br' | 'gzip' | undefined => {
  const weights = new Map(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [coding = '', ...parameters] = part.split(';').map((text) => text.trim())
        const weight = parameters.find((parameter) => parameter.startsWith('q='))
        return [coding, weight === undefined ? 1 : Number(weight.slice(2))]
      }),
  )
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0
  const [br, gzip] = [weightOf('br'), weightOf('gzip')]
  if (br > 0 && br >= gzip) return 'br'
  return gzip > 0 ? 'gzip' : undefined
}
