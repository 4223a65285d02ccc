/** Characters that a terminal or an editor obeys or hides instead of showing them; newline is not one of them. */
const controls = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]--\n]/gv

/**
 * Replaces control and format characters, line separators and halves of surrogate pairs by escapes such as `\u001b`.
 * Newlines stay. JSON keeps its meaning.
 */
export const escapeControls = (text: string): string =>
  text.replaceAll(controls, (character) => character.split('').map(escapeUnit).join(''))

const escapeUnit = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
