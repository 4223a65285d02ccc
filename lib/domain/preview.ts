const maxBytes = 256

/** Cuts a comment's text to what a listing shows: its first 256 bytes of UTF-8, cut between characters. */
export const makePreview = (text: string): string => {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
