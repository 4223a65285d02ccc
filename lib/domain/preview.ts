const maxBytes = 256

/** A comment's text as a listing shows it: its first 256 bytes of UTF-8, cut at a character. */
export const preview = (text: string): string => {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
